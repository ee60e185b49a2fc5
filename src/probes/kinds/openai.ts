// A server that speaks OpenAI's API (vLLM, llama.cpp, SGLang, TGI, LM Studio, LiteLLM, ...). Healthy when it lists its
// models and every required one is among them. text-embeddings-inference has no list: its /info names the one model.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import type { Millis } from '../../model/time.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { httpFamilies } from '../http/families.js';
import { type HttpResponse, type PreparedRequest, prepare } from '../http/request.js';
import { LastSpeed } from '../inference/last-speed.js';
import type { InferenceTask, ModelProbe } from '../inference/task.js';
import { type Attempt, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { SecondaryAttempt } from '../secondary-attempt.js';
import { checkStatus, dataOf, parseJson, unexpectedResponse } from './http/answer.js';
import { objectOf, wordOf } from './http/json-fields.js';
import { modelsAsked, openAiInferenceKeys, openAiInferences } from './openai/inference.js';
import { describedModel, type ListedModel, listedModels } from './openai/models.js';
import { openAiUrl, openAiUrlProblem, serverInfoUrl } from './openai/urls.js';

/** A gateway to every provider lists some thousand models. */
const LIST_LIMIT = 8 * 1024 * 1024;
const LOADING_TIMEOUT: Millis = 300_000;

function options(schemaKit: SchemaKit) {
  const { about, count, duration, httpClientShape, httpUrl, ipProtocolShape, secret, section, words, z } =
    schemaKit;
  return section({
    url: about(httpUrl(), 'The server, with or without `/v1` or `/v1/models` behind it.', {
      example: 'http://127.0.0.1:8000',
    }),
    require_models: about(
      z.array(words(), { error: 'expected a list of names of models' }).default([]),
      'Models that the server must list.',
      { example: ['Qwen/Qwen3-8B'] },
    ),
    api_key: about(secret().optional(), 'API key, sent as `Authorization: Bearer KEY`.'),
    loading_timeout: about(
      duration(0).default(LOADING_TIMEOUT),
      "How long the server may say that it loads its model (llama.cpp's 503 `Loading model`) before that is an outage.",
    ),
    start_timeout: about(
      duration(0).default(0),
      "How long its port may refuse connections before that is an outage: vLLM's does while it loads.",
      { example: '3m' },
    ),
    body_limit: about(count(1).default(LIST_LIMIT), 'Longest list of models that is read, in bytes.'),
    ...httpClientShape,
    ...ipProtocolShape,
    ...openAiInferenceKeys(schemaKit),
  });
}

export type OpenAiOptions = z.output<ReturnType<typeof options>>;

const count = family('openai_models', 'Number of models that the server lists');
const info = family('openai_model_info', 'A model that the server lists; always 1', 'gauge', [
  'model',
  'owned_by',
  'context_length',
]);
const isLoaded = family(
  'openai_model_loaded',
  'Whether the model is in memory (1) or not (0); absent where the server does not say',
  'gauge',
  ['model'],
);
const required = family(
  'openai_required_model_present',
  'Whether the server lists a model of require_models (1) or not (0)',
  'gauge',
  ['model'],
);

export const openai: ProbeKind<OpenAiOptions> = {
  kind: 'openai',
  options,
  check: config => openAiUrlProblem(config.url) ?? keyProblem(config) ?? httpClientProblem(config),
  asks: modelsAsked,
  families: [...httpFamilies, count, info, isLoaded, required],
  open: async (config, { connections }) => {
    const signed = signedWithKey(config);
    const listed: Listed = { first: undefined, speed: new LastSpeed() };
    const inferences = await openAiInferences(signed, () => listed.first, listed.speed);
    return new OpenAiProbe(signed, connections, listed, inferences);
  },
};

function keyProblem({ api_key, authorization, basic_auth }: OpenAiOptions): string | undefined {
  if (api_key === undefined || (!authorization && !basic_auth)) return undefined;
  return `at most one of api_key and ${authorization ? 'authorization' : 'basic_auth'} may be set`;
}

/** The same options with the API key where requests are signed with it. */
function signedWithKey(config: OpenAiOptions): OpenAiOptions {
  if (config.api_key === undefined) return config;
  return { ...config, authorization: { type: 'Bearer', credentials: config.api_key } };
}

/** What checks and questions to models say to each other. */
interface Listed {
  /** The first model of the last list. */
  first: string | undefined;
  readonly speed: LastSpeed;
}

const NO_LABELS: readonly string[] = [];

class OpenAiProbe implements ModelProbe {
  readonly #config: OpenAiOptions;
  readonly #required: readonly string[];
  readonly #list: PreparedRequest;
  readonly #info: PreparedRequest;
  /** Whether the last check had its model from `/info`, because there is no list. */
  #isDescribed = false;
  readonly #connections: Connections;
  readonly #listed: Listed;
  readonly inferences: readonly InferenceTask[];

  constructor(
    config: OpenAiOptions,
    connections: Connections,
    listed: Listed,
    inferences: readonly InferenceTask[],
  ) {
    this.#config = config;
    this.#listed = listed;
    this.inferences = inferences;
    this.#required = [...new Set(config.require_models)];
    this.#list = prepare(openAiUrl(config.url, 'models'), config);
    this.#info = prepare(serverInfoUrl(config.url), config);
    this.#connections = connections;
  }

  get secrets(): readonly string[] {
    return this.#list.secrets;
  }

  async run(attempt: Attempt): Promise<void> {
    const models = await this.#fetchModels(attempt);
    const value = { models: [...models.keys()] };
    this.#listed.first = value.models[0];
    attempt.data = dataOf({ text: JSON.stringify(value), value });
    attempt.details = this.#listed.speed.details;
    attempt.record(count, NO_LABELS, models.size);
    for (const model of models.values()) recordModel(attempt, model);
    this.#checkRequired(attempt, models);
  }

  close(): void {}

  async #fetchModels(attempt: Attempt): Promise<Map<string, ListedModel>> {
    const request = this.#isDescribed ? this.#info : this.#list;
    const answer = await exchange(request, attempt, this.#connections).catch((error: unknown) => {
      throw error instanceof ProbeFailure && error.reason === 'refused'
        ? new ProbeFailure(error.reason, error.message, this.#config.start_timeout)
        : error;
    });
    const body = parseJson(answer)?.value;
    const described = this.#isDescribed
      ? describedModel(body)
      : answer.statusCode === 404 && (await this.#firstDescription(attempt));
    // Another server may have taken its place: the next check asks for a list again.
    this.#isDescribed = !!described;
    if (described) return described;
    this.#checkStatus(answer, body);
    const models = listedModels(body);
    if (!models)
      throw new ProbeFailure(
        'body',
        `${unexpectedResponse(answer, "a list of models in OpenAI's form")}; is it another kind of server?`,
      );
    return models;
  }

  /** The model that a server without a list describes; undefined where it does not, and the missing list is the failure. */
  async #firstDescription(attempt: Attempt): Promise<Map<string, ListedModel> | undefined> {
    try {
      const answer = await exchange(this.#info, new SecondaryAttempt(attempt), this.#connections);
      const described = answer.statusCode === 200 ? describedModel(parseJson(answer)?.value) : undefined;
      if (!described) return undefined;
      // The check is judged by this answer, not by the missing list; from the next check on it is the only one.
      attempt.statusCode = answer.statusCode;
      return described;
    } catch {
      return undefined;
    }
  }

  #checkStatus(answer: HttpResponse, body: unknown): void {
    try {
      checkStatus(answer, undefined, body);
    } catch (error) {
      if (!(error instanceof ProbeFailure) || !isLoading(answer, body)) throw error;
      throw new ProbeFailure(error.reason, error.message, this.#config.loading_timeout);
    }
  }

  #checkRequired(attempt: Attempt, models: ReadonlyMap<string, ListedModel>): void {
    const missing = this.#required.filter(name => !models.has(name));
    for (const name of this.#required) attempt.record(required, [name], missing.includes(name) ? 0 : 1);
    if (missing.length === 0) return;
    const [target, verb] = missing.length === 1 ? ['Model', 'is'] : ['Models', 'are'];
    const have = [...models.keys()].slice(0, 10).join(', ') || 'none';
    const more = models.size > 10 ? `, and ${models.size - 10} more` : '';
    throw new ProbeFailure('body', `${target} ${missing.join(', ')} ${verb} missing; have: ${have}${more}`);
  }
}

/** llama.cpp answers so while it reads its model from disk. Source: llama.cpp, tools/server/README.md, "GET /health". */
function isLoading({ statusCode }: Pick<HttpResponse, 'statusCode'>, body: unknown): boolean {
  return statusCode === 503 && /^loading model/i.test(wordOf(objectOf(objectOf(body).error).message));
}

function recordModel(attempt: Attempt, { id, ownedBy, contextLength, isLoaded: loaded }: ListedModel): void {
  const length = Number.isNaN(contextLength) ? '' : String(contextLength);
  attempt.record(info, [id, ownedBy, length], 1);
  attempt.record(isLoaded, [id], loaded === undefined ? Number.NaN : Number(loaded));
}
