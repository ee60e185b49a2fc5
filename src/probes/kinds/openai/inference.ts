// How models are asked over OpenAI's API: the keys `generate` and `embed`, and what is made of them.
// Sources: OpenAI, API reference, "Create chat completion", "Create completion", "Create embeddings"; vLLM, "Reasoning
// Outputs" (chat_template_kwargs).

import type { z } from 'zod';
import type { HttpClientConfig } from '../../../config/http-client/config.js';
import type { IpProtocolConfig } from '../../../config/ip-protocol.js';
import type { SchemaKit } from '../../../config/schema-kit.js';
import { generate } from '../../inference/ask.js';
import { DimensionsCheck, EMBEDDING_LIMIT, embed } from '../../inference/embedding.js';
import { type Expectation, expectationOf } from '../../inference/generation.js';
import type { LastSpeed } from '../../inference/last-speed.js';
import { embedKeys, generateKeys, withFields } from '../../inference/options.js';
import { postJson } from '../../inference/request.js';
import type { InferenceContext, InferenceTask } from '../../inference/task.js';
import { objectOf } from '../http/json-fields.js';
import { LoadedModels } from './loaded.js';
import { openAiStream } from './stream.js';
import { openAiUrl } from './urls.js';

const FIRST = 'those of `require_models`, or the first one that the server lists';

/** The sections, to be spread into the kind's. */
export function openAiInferenceKeys(schemaKit: SchemaKit) {
  const { about, section, z } = schemaKit;
  return {
    generate: about(
      section({
        ...generateKeys(schemaKit, FIRST),
        api: about(
          z.enum(['chat', 'completions'], { error: 'expected chat or completions' }).default('chat'),
          'What is asked: `/v1/chat/completions`, or `/v1/completions` for a model without a chat template.',
        ),
      }).optional(),
      'Ask models for a few words, to see whether they answer and how fast; `generate: {}` is enough. See docs/probes.md.',
      { fallback: 'no questions' },
    ),
    embed: about(
      section(embedKeys(schemaKit, 'the first one that the server lists')).optional(),
      'Ask models for a vector of `/v1/embeddings`, to see how fast and how long it is.',
      { fallback: 'no questions' },
    ),
  };
}

type OpenAiInferenceOptions = z.output<z.ZodObject<ReturnType<typeof openAiInferenceKeys>>>;

/** What is needed of the kind's options. */
interface Config extends HttpClientConfig, IpProtocolConfig, OpenAiInferenceOptions {
  readonly url: string;
  readonly require_models: readonly string[];
  readonly body_limit: number;
}

/** Servers that hand these to the chat template; OpenAI's own and strict gateways refuse fields that they do not know. */
const TAKES_TEMPLATE_ARGUMENTS: ReadonlySet<string> = new Set(['vllm', 'llamacpp', 'sglang']);

/** Which models are asked; without a name, the first one that the server lists. */
export function modelsAsked({ generate: text, embed: vector, require_models }: Config) {
  return [
    ...(text ? namesOr(text.models ?? require_models) : []).map(each => ({
      test: 'generate' as const,
      ...each,
    })),
    ...(vector ? namesOr(vector.models ?? []) : []).map(each => ({ test: 'embed' as const, ...each })),
  ];
}

function namesOr(named: readonly string[]): { readonly model?: string }[] {
  return named.length === 0 ? [{}] : [...new Set(named)].map(model => ({ model }));
}

/** @param firstListed the first model that the server listed last @param speed gets what the models' answers measured */
export async function openAiInferences(
  config: Config,
  firstListed: () => string | undefined,
  speed: LastSpeed,
): Promise<InferenceTask[]> {
  const { generate: text, embed: vector } = config;
  if (!text && !vector) return [];
  const shared: Shared = {
    speed,
    config,
    host: new URL(config.url).hostname,
    loaded: new LoadedModels(config),
  };
  const expectation = await expectationOf(text?.expect);
  return modelsAsked(config).map(({ test, model }) => {
    const name = () => model ?? firstListed();
    return test === 'generate'
      ? new GenerateTask(name, text as NonNullable<typeof text>, expectation, shared)
      : new EmbedTask(name, vector as NonNullable<typeof vector>, shared);
  });
}

type ModelName = () => string | undefined;

interface Shared {
  readonly speed: LastSpeed;
  readonly config: Config;
  readonly host: string;
  readonly loaded: LoadedModels;
}

class GenerateTask implements InferenceTask {
  readonly test = 'generate';
  readonly host: string;
  readonly interval: number;
  readonly timeout: number;
  readonly #model: ModelName;
  readonly #options: NonNullable<OpenAiInferenceOptions['generate']>;
  readonly #expectation: Expectation | undefined;
  readonly #shared: Shared;

  constructor(
    model: ModelName,
    options: NonNullable<OpenAiInferenceOptions['generate']>,
    expectation: Expectation | undefined,
    shared: Shared,
  ) {
    this.host = shared.host;
    this.interval = options.interval;
    this.timeout = options.timeout;
    this.#model = model;
    this.#options = options;
    this.#expectation = expectation;
    this.#shared = shared;
  }

  get model(): string | undefined {
    return this.#model();
  }

  run(context: InferenceContext) {
    return this.#shared.speed.note(this.model as string, this.#ask(context));
  }

  async #ask(context: InferenceContext) {
    const { config, loaded } = this.#shared;
    const { api, load, prompt, max_tokens, body } = this.#options;
    const model = this.model as string;
    const listed = await loaded.check(model, load, context);
    const isChat = api === 'chat';
    const fields = {
      model,
      ...(isChat ? { messages: [{ role: 'user', content: prompt }] } : { prompt }),
      max_tokens,
      stream: true,
      stream_options: { include_usage: true },
      ...(isChat &&
        TAKES_TEMPLATE_ARGUMENTS.has(listed?.ownedBy ?? '') && {
          chat_template_kwargs: { enable_thinking: false },
        }),
    };
    const url = openAiUrl(config.url, isChat ? 'chat/completions' : 'completions');
    return generate(
      postJson(url, config, withFields(fields, body)),
      openAiStream,
      this.#expectation,
      context,
    );
  }
}

class EmbedTask implements InferenceTask {
  readonly test = 'embed';
  readonly host: string;
  readonly interval: number;
  readonly timeout: number;
  readonly #model: ModelName;
  readonly #options: NonNullable<OpenAiInferenceOptions['embed']>;
  readonly #dimensions: DimensionsCheck;
  readonly #shared: Shared;

  constructor(model: ModelName, options: NonNullable<OpenAiInferenceOptions['embed']>, shared: Shared) {
    this.host = shared.host;
    this.interval = options.interval;
    this.timeout = options.timeout;
    this.#model = model;
    this.#options = options;
    this.#dimensions = new DimensionsCheck(options.dimensions);
    this.#shared = shared;
  }

  get model(): string | undefined {
    return this.#model();
  }

  async run(context: InferenceContext) {
    const { config, loaded } = this.#shared;
    const { load, input, body } = this.#options;
    const model = this.model as string;
    await loaded.check(model, load, context);
    const request = postJson(
      openAiUrl(config.url, 'embeddings'),
      config,
      withFields({ model, input }, body),
      EMBEDDING_LIMIT,
    );
    return this.#dimensions.check(await embed(request, vectorIn, context));
  }
}

function vectorIn(body: unknown): unknown {
  const { data } = objectOf(body);
  return objectOf(Array.isArray(data) ? data[0] : undefined).embedding;
}
