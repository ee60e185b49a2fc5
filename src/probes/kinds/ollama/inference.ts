// How Ollama's models are asked: the keys `generate` and `embed`, and what is made of them.
// Sources: Ollama, docs/api.md, "Generate a completion" and "Generate Embeddings".

import type { z } from 'zod';
import type { HttpClientConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import type { SchemaKit } from '../../../config/schema-kit.js';
import type { Millis } from '../../../model/time.js';
import { type PreparedRequest, prepare } from '../../http/request.js';
import { generate } from '../../inference/ask.js';
import { DimensionsCheck, EMBEDDING_LIMIT, embed } from '../../inference/embedding.js';
import { type Expectation, expectationOf } from '../../inference/generation.js';
import type { LastSpeed } from '../../inference/last-speed.js';
import { embedKeys, generateKeys, withFields } from '../../inference/options.js';
import { postJson } from '../../inference/request.js';
import type { InferenceContext, InferenceTask } from '../../inference/task.js';
import { objectOf } from '../http/json-fields.js';
import { Residency } from './residency.js';
import { ollamaStream } from './stream.js';
import { ollamaUrl } from './urls.js';

/** The sections, to be spread into the kind's. */
export function ollamaInferenceKeys(schemaKit: SchemaKit) {
  const { about, section } = schemaKit;
  return {
    generate: about(
      section(generateKeys(schemaKit, 'those of `require_models`')).optional(),
      'Ask models for a few words, to see whether they answer and how fast; `generate: {}` is enough. See docs/probes.md.',
      { fallback: 'no questions' },
    ),
    embed: about(
      section(embedKeys(schemaKit, 'none: name them')).optional(),
      'Ask models for a vector of `/api/embed`, to see how fast and how long it is.',
      { fallback: 'no questions' },
    ),
  };
}

type OllamaInferenceOptions = z.output<z.ZodObject<ReturnType<typeof ollamaInferenceKeys>>>;

/** What is needed of the kind's options. */
interface Config extends HttpClientConfig, IpProtocolConfig, OllamaInferenceOptions {
  readonly url: string;
  readonly require_models: readonly string[];
}

/** What is missing; undefined where every question has a model. */
export function ollamaInferenceProblem({
  generate: text,
  embed: vector,
  require_models,
}: Pick<Config, 'generate' | 'embed' | 'require_models'>): string | undefined {
  if (text && !text.models && require_models.length === 0)
    return 'generate: name the models in generate.models, or in require_models';
  if (vector && !vector.models) return 'embed: name the models in embed.models';
  return undefined;
}

/** Which models are asked. */
export function modelsAsked({ generate: text, embed: vector, require_models }: Config) {
  const texts = text ? (text.models ?? require_models) : [];
  return [
    ...[...new Set(texts)].map(model => ({ test: 'generate' as const, model })),
    ...[...new Set(vector?.models)].map(model => ({ test: 'embed' as const, model })),
  ];
}

/** @param speed gets what the models' answers measured */
export async function ollamaInferences(config: Config, speed: LastSpeed): Promise<InferenceTask[]> {
  const { generate: text, embed: vector } = config;
  if (!text && !vector) return [];
  const shared: Shared = {
    speed,
    config,
    host: new URL(config.url).hostname,
    residency: new Residency(prepare(ollamaUrl(config.url, 'ps'), config)),
  };
  const expectation = await expectationOf(text?.expect);
  return modelsAsked(config).map(({ test, model }) =>
    test === 'generate'
      ? new GenerateTask(model, text as NonNullable<typeof text>, expectation, shared)
      : new EmbedTask(model, vector as NonNullable<typeof vector>, shared),
  );
}

interface Shared {
  readonly speed: LastSpeed;
  readonly config: Config;
  readonly host: string;
  readonly residency: Residency;
}

/** A question as it goes to a model that is loaded with a context length. */
type Ask<T> = (contextLength: number | undefined) => Promise<{ result: T; loadDuration: Millis }>;

/** @param mayLoad whether a model that is not in memory is asked too */
async function asked<T>(
  { residency }: Shared,
  model: string,
  mayLoad: boolean,
  context: InferenceContext,
  ask: Ask<T>,
): Promise<T> {
  return mayLoad ? (await ask(undefined)).result : residency.use(model, context, ask);
}

class GenerateTask implements InferenceTask {
  readonly test = 'generate';
  readonly model: string;
  readonly host: string;
  readonly interval: number;
  readonly timeout: number;
  readonly #options: NonNullable<OllamaInferenceOptions['generate']>;
  readonly #expectation: Expectation | undefined;
  readonly #shared: Shared;

  constructor(
    model: string,
    options: NonNullable<OllamaInferenceOptions['generate']>,
    expectation: Expectation | undefined,
    shared: Shared,
  ) {
    this.model = model;
    this.host = shared.host;
    this.interval = options.interval;
    this.timeout = options.timeout;
    this.#options = options;
    this.#expectation = expectation;
    this.#shared = shared;
  }

  run(context: InferenceContext) {
    return this.#shared.speed.note(this.model, this.#ask(context));
  }

  #ask(context: InferenceContext) {
    return asked(this.#shared, this.model, this.#options.load, context, async contextLength => {
      let loadDuration = 0;
      const format = ollamaStream(took => {
        loadDuration = took;
      });
      const result = await generate(this.#request(contextLength), format, this.#expectation, context);
      return { result, loadDuration };
    });
  }

  #request(contextLength: number | undefined): PreparedRequest {
    const { prompt, max_tokens, body } = this.#options;
    const fields = {
      model: this.model,
      prompt,
      stream: true,
      think: false,
      options: { num_predict: max_tokens, ...contextOption(contextLength) },
    };
    const { config } = this.#shared;
    return postJson(ollamaUrl(config.url, 'generate'), config, withFields(fields, body));
  }
}

class EmbedTask implements InferenceTask {
  readonly test = 'embed';
  readonly model: string;
  readonly host: string;
  readonly interval: number;
  readonly timeout: number;
  readonly #options: NonNullable<OllamaInferenceOptions['embed']>;
  readonly #dimensions: DimensionsCheck;
  readonly #shared: Shared;

  constructor(model: string, options: NonNullable<OllamaInferenceOptions['embed']>, shared: Shared) {
    this.model = model;
    this.host = shared.host;
    this.interval = options.interval;
    this.timeout = options.timeout;
    this.#options = options;
    this.#dimensions = new DimensionsCheck(options.dimensions);
    this.#shared = shared;
  }

  async run(context: InferenceContext) {
    const { load, input, body } = this.#options;
    const { config } = this.#shared;
    const measured = await asked(this.#shared, this.model, load, context, async contextLength => {
      const context_length = contextOption(contextLength);
      const options = context_length && { options: context_length };
      const request = postJson(
        ollamaUrl(config.url, 'embed'),
        config,
        withFields({ model: this.model, input, ...options }, body),
        EMBEDDING_LIMIT,
      );
      return { result: await embed(request, vectorIn, context), loadDuration: 0 };
    });
    return this.#dimensions.check(measured);
  }
}

/** A model that is loaded with another length would be loaded again with the default one. */
function contextOption(contextLength: number | undefined): { num_ctx: number } | undefined {
  return contextLength === undefined ? undefined : { num_ctx: contextLength };
}

function vectorIn(body: unknown): unknown {
  const { embeddings } = objectOf(body);
  return Array.isArray(embeddings) ? embeddings[0] : undefined;
}
