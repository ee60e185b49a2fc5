// An Ollama server. Healthy when it lists its models and every required one is among them.

import type { z } from 'zod';
import { httpClientProblem } from '../../config/http-client/problem.js';
import type { SchemaKit } from '../../config/schema-kit.js';
import { family } from '../../model/family.js';
import type { Connections } from '../http/connections.js';
import { exchange } from '../http/exchange.js';
import { httpFamilies } from '../http/families.js';
import { type PreparedRequest, prepare } from '../http/request.js';
import { LastSpeed } from '../inference/last-speed.js';
import type { InferenceTask, ModelProbe } from '../inference/task.js';
import { type Attempt, ProbeFailure } from '../probe.js';
import type { ProbeKind } from '../probe-kind.js';
import { SecondaryAttempt } from '../secondary-attempt.js';
import { checkStatus, dataOf, parseJson, unexpectedResponse } from './http/answer.js';
import {
  modelsAsked,
  ollamaInferenceKeys,
  ollamaInferenceProblem,
  ollamaInferences,
} from './ollama/inference.js';
import { comparedName, type LoadedModel, loadedIn, type Model, modelsIn, withTag } from './ollama/models.js';
import { ollamaUrl, ollamaUrlProblem } from './ollama/urls.js';

/** A list of a thousand models is a third of a megabyte. */
const LIST_LIMIT = 8 * 1024 * 1024;

function options(schemaKit: SchemaKit) {
  const { about, count, httpClientShape, httpUrl, ipProtocolShape, section, words, z } = schemaKit;
  return section({
    url: about(httpUrl(), 'The server, with or without `/api/tags` behind it.', {
      example: 'http://127.0.0.1:11434',
    }),
    require_models: about(
      z.array(words(), { error: 'expected a list of names of models' }).default([]),
      'Models that must be on the server.',
      { example: ['llama3.2:3b'] },
    ),
    body_limit: about(count(1).default(LIST_LIMIT), 'Longest list of models that is read, in bytes.'),
    ...httpClientShape,
    ...ipProtocolShape,
    ...ollamaInferenceKeys(schemaKit),
  });
}

export type OllamaOptions = z.output<ReturnType<typeof options>>;

const count = family('ollama_models', 'Number of models on the server');
const info = family('ollama_model_info', 'A model on the server; always 1', 'gauge', [
  'model',
  'family',
  'parameter_size',
  'quantization_level',
  'digest',
]);
const size = family('ollama_model_size_bytes', 'Size of the model on disk', 'gauge', ['model']);
const isLoaded = family('ollama_model_loaded', 'Whether the model is in memory (1) or not (0)', 'gauge', [
  'model',
]);
const vram = family('ollama_model_vram_bytes', 'Memory of the GPU that the loaded model uses', 'gauge', [
  'model',
]);
const expires = family(
  'ollama_model_expires_timestamp_seconds',
  'When the loaded model will be unloaded, as a Unix timestamp',
  'gauge',
  ['model'],
);
const required = family(
  'ollama_required_model_present',
  'Whether a model of require_models is on the server (1) or not (0)',
  'gauge',
  ['model'],
);

export const ollama: ProbeKind<OllamaOptions> = {
  kind: 'ollama',
  options,
  check: config =>
    ollamaUrlProblem(config.url) ?? httpClientProblem(config) ?? ollamaInferenceProblem(config),
  asks: modelsAsked,
  families: [...httpFamilies, count, info, size, isLoaded, vram, expires, required],
  open: async (config, { connections }) => {
    const speed = new LastSpeed();
    return new OllamaProbe(config, connections, { speed, inferences: await ollamaInferences(config, speed) });
  },
};

/** How long the answer of /api/ps is waited for once /api/tags has answered, in milliseconds. */
const MODELS_TIMEOUT = 1000;
const NO_LABELS: readonly string[] = [];

/** Questions to the models, and what came of the last ones. */
interface Asked {
  readonly inferences: readonly InferenceTask[];
  readonly speed: LastSpeed;
}

class OllamaProbe implements ModelProbe {
  readonly #required: readonly string[];
  readonly #tags: PreparedRequest;
  readonly #running: PreparedRequest;
  readonly #connections: Connections;
  readonly #speed: LastSpeed;
  readonly inferences: readonly InferenceTask[];

  constructor(config: OllamaOptions, connections: Connections, { inferences, speed }: Asked) {
    this.inferences = inferences;
    this.#speed = speed;
    this.#required = [...new Set(config.require_models.map(withTag))];
    this.#tags = prepare(ollamaUrl(config.url, 'tags'), config);
    this.#running = prepare(ollamaUrl(config.url, 'ps'), config);
    this.#connections = connections;
  }

  get secrets(): readonly string[] {
    return this.#tags.secrets;
  }

  async run(attempt: Attempt): Promise<void> {
    const aside = new SecondaryAttempt(attempt);
    const loading = this.#fetchLoaded(aside);
    const models = await this.#fetchModels(attempt).catch((error: unknown) => {
      aside.cancel();
      throw error;
    });
    const names = new Set(models.keys());
    const value = { models: [...names] };
    attempt.data = dataOf({ text: JSON.stringify(value), value });
    attempt.details = this.#speed.details;
    const timeout = setTimeout(() => aside.cancel(), MODELS_TIMEOUT);
    const loaded = await loading;
    clearTimeout(timeout);
    attempt.record(count, NO_LABELS, names.size);
    recordModels(attempt, models, loaded);
    this.#checkRequired(attempt, names);
  }

  close(): void {}

  async #fetchModels(attempt: Attempt): Promise<Map<string, Model>> {
    const answer = await exchange(this.#tags, attempt, this.#connections);
    const body = parseJson(answer)?.value;
    checkStatus(answer, undefined, body);
    const models = modelsIn(body);
    if (!models)
      throw new ProbeFailure(
        'body',
        `${unexpectedResponse(answer, "Ollama's list of models")}; is it another kind of server?`,
      );
    return models;
  }

  /** Undefined when the server does not say: older ones lack /api/ps, and that is no outage. */
  async #fetchLoaded(aside: SecondaryAttempt): Promise<Map<string, LoadedModel> | undefined> {
    try {
      const answer = await exchange(this.#running, aside, this.#connections);
      return answer.statusCode === 200 ? loadedIn(parseJson(answer)?.value) : undefined;
    } catch {
      return undefined;
    }
  }

  #checkRequired(attempt: Attempt, names: ReadonlySet<string>): void {
    const present = new Set([...names].map(comparedName));
    const missing = this.#required.filter(name => !present.has(comparedName(name)));
    for (const name of this.#required) attempt.record(required, [name], missing.includes(name) ? 0 : 1);
    if (missing.length === 0) return;
    const [target, verb] = missing.length === 1 ? ['Model', 'is'] : ['Models', 'are'];
    const have = [...names].slice(0, 10).join(', ') || 'none';
    const more = names.size > 10 ? `, and ${names.size - 10} more` : '';
    throw new ProbeFailure(
      'body',
      `${target} ${missing.join(', ')} ${verb} missing; have: ${have}${more}; run: ` +
        missing.map(name => `ollama pull ${name}`).join(' && '),
    );
  }
}

function recordModels(
  attempt: Attempt,
  models: ReadonlyMap<string, Model>,
  loaded: ReadonlyMap<string, LoadedModel> | undefined,
): void {
  for (const model of models.values()) {
    const { name, family, parameterSize, quantization, digest } = model;
    const labels = [name];
    const running = loaded?.get(name);
    attempt.record(info, [name, family, parameterSize, quantization, digest], 1);
    attempt.record(size, labels, model.size);
    attempt.record(isLoaded, labels, loaded ? (running ? 1 : 0) : Number.NaN);
    attempt.record(vram, labels, running?.vram ?? Number.NaN);
    attempt.record(expires, labels, running?.expires ?? Number.NaN);
  }
}
