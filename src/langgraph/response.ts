// The node that answers: by the best model server, by the load balancer when that fails, or with an excuse.

import { AIMessage, isBaseMessage } from '@langchain/core/messages';
import { isGraphBubbleUp, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { type EndpointOptions, LangGraphMonitoring } from '../client/monitoring.js';
import { isoLocal, systemClock } from '../model/time.js';
import { lastText, type MonitoredMessages, type MonitoredUpdate } from './state.js';

/** A chat model of LangChain's, or anything else that makes an answer of a text. */
export interface Model {
  // biome-ignore lint/suspicious/noExplicitAny: every model has options of its own.
  invoke(input: string, options?: any): Promise<unknown> | unknown;
}

export interface MonitoredResponseOptions extends Pick<EndpointOptions, 'prefer'> {
  readonly monitoring?: LangGraphMonitoring;
  /** Makes the model that is served at a base URL: `http://127.0.0.1:11434`. */
  readonly llm: (endpoint: string) => Model | Promise<Model>;
}

const DIFFICULTIES = "I'm experiencing technical difficulties. Please try again.";
const UNAVAILABLE = 'System temporarily unavailable. Please try again later.';

/**
 * Makes the node. The state gains the answer and `performance_metrics`; after a failure the load balancer's words, `error`
 * and `fallback_used`; when that fails too, an excuse and both errors in `error`. Who calls the graph off, or interrupts it,
 * is not answered.
 */
export function monitoredResponseNode({
  monitoring = new LangGraphMonitoring(),
  llm,
  prefer,
}: MonitoredResponseOptions) {
  const respond = async (endpoint: string, input: string, config?: LangGraphRunnableConfig) =>
    messageOf(await (await llm(endpoint)).invoke(input, config));
  return async (state: MonitoredMessages, config?: LangGraphRunnableConfig): Promise<MonitoredUpdate> => {
    const started = performance.now();
    try {
      const endpoint = await monitoring.getBestLlmEndpoint({ prefer, signal: config?.signal });
      const message = await respond(endpoint, lastText(state), config);
      return {
        messages: [message],
        performance_metrics: {
          response_time: (performance.now() - started) / 1000,
          llm_endpoint: endpoint,
          timestamp: isoLocal(systemClock.now()),
        },
        ...cleared(state),
      };
    } catch (error) {
      passOn(error, config);
      monitoring.log.error(`Response generation failed: ${inWords(error)}`);
      try {
        const message = await respond(monitoring.fallbackEndpoint, DIFFICULTIES, config);
        return { messages: [message], error: inWords(error), fallback_used: true };
      } catch (fallbackError) {
        passOn(fallbackError, config);
        return {
          messages: [new AIMessage(UNAVAILABLE)],
          error: `Primary: ${inWords(error)}, Fallback: ${inWords(fallbackError)}`,
        };
      }
    }
  };
}

/** What is no failure of the model's: an interrupt, a command to a graph above, the end of patience. */
function passOn(error: unknown, config: LangGraphRunnableConfig | undefined): void {
  if (isGraphBubbleUp(error)) throw error;
  config?.signal?.throwIfAborted();
}

/** A thread that is taken up again may still hold what went wrong the last time. */
function cleared({ error, fallback_used }: MonitoredMessages): MonitoredUpdate {
  return {
    ...(error !== undefined && { error: undefined }),
    ...(fallback_used !== undefined && { fallback_used: undefined }),
  };
}

/** A model's own message with all it holds, or its words as one. */
function messageOf(response: unknown): AIMessage {
  if (isBaseMessage(response)) return response as AIMessage;
  const content =
    typeof response === 'object' && response !== null && 'content' in response ? response.content : response;
  return new AIMessage(typeof content === 'string' ? content : JSON.stringify(content));
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
