// Chat models that go where the cluster is healthy, for LangChain's own forms: a runnable in place of a model, and a
// middleware for createAgent. Comes in: how to make a model of a base URL; goes out: answers of the best endpoint, or of
// the next one when it fails.

import { Runnable, type RunnableConfig } from '@langchain/core/runnables';
import { isGraphBubbleUp } from '@langchain/langgraph';
import { type EndpointOptions, isAnswer, LangGraphMonitoring } from '../client/monitoring.js';

export interface ByHealthOptions<Model> extends Pick<EndpointOptions, 'prefer'> {
  readonly monitoring?: LangGraphMonitoring;
  /** Makes the model that is served at a base URL: `http://127.0.0.1:11434`. */
  readonly llm: (endpoint: string) => Model | Promise<Model>;
  /** Which of `endpoints` of the monitor's configuration: `llm` unless said. */
  readonly capability?: string;
  /** How many endpoints are tried for one answer, the best first: 3 unless said. */
  readonly attempts?: number;
}

const ATTEMPTS = 3;

/**
 * A runnable to be used like the models that `llm` makes: each call goes to the best endpoint by health, and after a
 * failure to the next one. A stream that has begun is not begun again elsewhere.
 * @throws the last endpoint's error when all have failed
 */
export function chatModelByHealth<Input, Output>(
  options: ByHealthOptions<Runnable<Input, Output>>,
): Runnable<Input, Output> {
  return new ChatModelByHealth(caller(options));
}

class ChatModelByHealth<Input, Output> extends Runnable<Input, Output> {
  readonly lc_namespace = ['langgraph_monitor'];
  readonly #call: Call<Runnable<Input, Output>>;

  constructor(call: Call<Runnable<Input, Output>>) {
    super();
    this.#call = call;
  }

  override invoke(input: Input, config?: Partial<RunnableConfig>): Promise<Output> {
    return this.#call(model => model.invoke(input, config), config?.signal);
  }

  /** What `stream` and a chain's `stream` are made of: an endpoint has answered with the first chunk. */
  override async *_streamIterator(input: Input, config?: Partial<RunnableConfig>): AsyncGenerator<Output> {
    const begun = await this.#call(async model => {
      const stream = await model.stream(input, config);
      const chunks = stream[Symbol.asyncIterator]();
      return { chunks, first: await chunks.next() };
    }, config?.signal);
    const { chunks } = begun;
    try {
      for (let next = begun.first; !next.done; next = await chunks.next()) yield next.value as Output;
    } finally {
      await chunks.return?.();
    }
  }
}

/**
 * What `createMiddleware` of the package langchain is to be given: every model call of an agent goes to the best endpoint
 * by health, and after a failure to the next one.
 *
 *     createAgent({ model, tools, middleware: [createMiddleware(modelByHealth({ monitoring, llm }))] })
 */
export function modelByHealth<Model>(options: ByHealthOptions<Model>) {
  const call = caller(options);
  return {
    name: 'LangGraphMonitoringModelByHealth',
    wrapModelCall: async <Request extends object, Response>(
      request: Request,
      handler: (request: Request) => Response | Promise<Response>,
    ): Promise<Response> => {
      const { runtime } = request as { readonly runtime?: { readonly signal?: AbortSignal } };
      return call(model => handler({ ...request, model }), runtime?.signal);
    },
  };
}

type Call<Model> = <Output>(
  attempt: (model: Model) => Output | Promise<Output>,
  signal: AbortSignal | undefined,
) => Promise<Output>;

function caller<Model>({
  monitoring = new LangGraphMonitoring(),
  llm,
  prefer,
  capability = 'llm',
  attempts = ATTEMPTS,
}: ByHealthOptions<Model>): Call<Model> {
  return async (attempt, signal) => {
    const endpoints = (await endpointsOf(monitoring, capability, { prefer, signal })).slice(
      0,
      Math.max(1, attempts),
    );
    for (const [i, endpoint] of endpoints.entries()) {
      try {
        return await attempt(await llm(endpoint));
      } catch (error) {
        // An interrupt and an end of patience are no failures of the endpoint's.
        if (isGraphBubbleUp(error) || signal?.aborted || i === endpoints.length - 1) throw error;
        const why = error instanceof Error ? error.message : String(error);
        monitoring.log.warn(`${endpoint} failed, the next endpoint is asked: ${why}`);
      }
    }
    throw new Error(`no endpoint for ${capability}`);
  };
}

/** The best endpoint first, then other healthy ones, the fallback last; each once. */
async function endpointsOf(
  monitoring: LangGraphMonitoring,
  capability: string,
  options: EndpointOptions,
): Promise<string[]> {
  const best = await monitoring.getBestEndpoint(capability, options);
  if (!isAnswer(best)) return [monitoring.fallbackEndpoint];
  const healthy = best.candidates.filter(({ status }) => status === 'healthy').map(({ url }) => url);
  return [...new Set([best.endpoint, ...healthy, best.fallback ?? monitoring.fallbackEndpoint])];
}
