// What the nodes read and write in a graph's state, in the document's names.

import type { AIMessage, BaseMessage } from '@langchain/core/messages';
import { Annotation, MessagesAnnotation } from '@langchain/langgraph';
import type { Answer, ClusterHealth } from '../client/monitoring.js';

/** How a response came about. */
export interface PerformanceMetrics {
  /** Seconds. */
  readonly response_time: number;
  readonly llm_endpoint: string;
  /** Local time as Python's `datetime.now().isoformat()` prints it. */
  readonly timestamp: string;
}

/** A state for a graph of these nodes; one of your own needs these channels, as far as its nodes write them. */
export const MonitoredState = Annotation.Root({
  ...MessagesAnnotation.spec,
  cluster_health: Annotation<Answer<ClusterHealth> | undefined>(),
  /** When it was asked, as {@link PerformanceMetrics.timestamp}. */
  monitoring_timestamp: Annotation<string | undefined>(),
  performance_metrics: Annotation<PerformanceMetrics | undefined>(),
  /** `cluster_unhealthy`, or what went wrong with the model. */
  error: Annotation<string | undefined>(),
  fallback_used: Annotation<boolean | undefined>(),
});

/** What the nodes read of a state. */
export interface MonitoredMessages {
  readonly messages: readonly BaseMessage[];
  readonly error?: string | undefined;
  readonly fallback_used?: boolean | undefined;
}

/** What the nodes write: new messages for a reducer to append, as LangGraph has it. */
export interface MonitoredUpdate {
  messages?: AIMessage[];
  cluster_health?: Answer<ClusterHealth>;
  monitoring_timestamp?: string;
  performance_metrics?: PerformanceMetrics;
  error?: string | undefined;
  fallback_used?: boolean | undefined;
}

/** The `error` of a state whose workflow ends before it began. */
export const CLUSTER_UNHEALTHY = 'cluster_unhealthy';

/** The text of the last message; empty without one. */
export function lastText({ messages }: MonitoredMessages): string {
  const last = messages.at(-1);
  if (!last) return '';
  return typeof last.content === 'string' ? last.content : last.text;
}
