// The node that answers: by the best model server, by the load balancer when that fails, or with an excuse.

import { AIMessage, type BaseMessage, isBaseMessage } from '@langchain/core/messages';
import { isGraphBubbleUp, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { type EndpointOptions, LangGraphMonitoring } from '../client/monitoring.js';
import { isoLocal, systemClock } from '../model/time.js';
import { lastText, type MonitoredMessages, type MonitoredUpdate } from './state.js';

/** A chat model of LangChain's, or anything else that makes an answer of messages. */
export interface Model<Input = BaseMessage[]> {
  // biome-ignore lint/suspicious/noExplicitAny: every model has options of its own.
  invoke(input: Input, options?: any): Promise<unknown> | unknown;
}

interface ResponseOptions<Input> extends Pick<EndpointOptions, 'prefer'> {
  readonly monitoring?: LangGraphMonitoring;
  /** Makes the model that is served at a base URL: `http://127.0.0.1:11434`. */
  readonly llm: (endpoint: string) => Model<Input> | Promise<Model<Input>>;
}

/** The model gets the conversation, and so does the fallback after a failure. */
export interface ConversationOptions extends ResponseOptions<BaseMessage[]> {
  readonly input?: 'conversation' | undefined;
  /** What the model gets in place of the state's messages; a system prompt may go before them. */
  readonly messages?: (state: MonitoredMessages) => BaseMessage[] | Promise<BaseMessage[]>;
}

/** The document's behaviour: the model gets the last message's text, and the fallback an apology to be answered. */
export interface LastMessageOptions extends ResponseOptions<string> {
  readonly input: 'last-message';
}

export type MonitoredResponseOptions = ConversationOptions | LastMessageOptions;

const DIFFICULTIES = "I'm experiencing technical difficulties. Please try again.";
const UNAVAILABLE = 'System temporarily unavailable. Please try again later.';

/**
 * Makes the node. The state gains the answer and `performance_metrics`. After a failure the same question is asked again
 * through the load balancer, and the state gains `error` and `fallback_used` beside the answer; when that fails too, an
 * excuse and both errors in `error`. Nothing is answered when the graph is called off or interrupted.
 */
export function monitoredResponseNode(options: MonitoredResponseOptions) {
  const { monitoring = new LangGraphMonitoring(), prefer } = options;
  const respond = responder(options);
  return async (state: MonitoredMessages, config?: LangGraphRunnableConfig): Promise<MonitoredUpdate> => {
    const started = performance.now();
    const metrics = (endpoint: string) => ({
      response_time: (performance.now() - started) / 1000,
      llm_endpoint: endpoint,
      timestamp: isoLocal(systemClock.now()),
    });
    try {
      const endpoint = await monitoring.getBestLlmEndpoint({ prefer, signal: config?.signal });
      const message = await respond(endpoint, state, config);
      return { messages: [message], performance_metrics: metrics(endpoint), ...cleared(state) };
    } catch (error) {
      passOn(error, config);
      monitoring.log.error(`Response generation failed: ${inWords(error)}`);
      try {
        const message = await respond(monitoring.fallbackEndpoint, state, config, true);
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

type Respond = (
  endpoint: string,
  state: MonitoredMessages,
  config: LangGraphRunnableConfig | undefined,
  isFallback?: boolean,
) => Promise<AIMessage>;

/** Asks the model at an endpoint for its answer to a state. */
function responder(options: MonitoredResponseOptions): Respond {
  if (options.input === 'last-message')
    return async (endpoint, state, config, isFallback = false) => {
      const model = await options.llm(endpoint);
      return messageOf(await model.invoke(isFallback ? DIFFICULTIES : lastText(state), config));
    };
  const { messages = (state: MonitoredMessages) => [...state.messages] } = options;
  return async (endpoint, state, config) => {
    const model = await options.llm(endpoint);
    return messageOf(await model.invoke(await messages(state), config));
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
