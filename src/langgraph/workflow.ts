// The nodes and edges of a workflow that routes by health, after the document's. Comes in: a monitoring client and what
// only the application knows (its model, its node names); goes out: functions for a StateGraph.

export { type ByHealthOptions, chatModelByHealth, modelByHealth } from './by-health.js';
export { type HealthCheckOptions, healthCheckNode, type KeptHealth } from './health-check.js';
export {
  type ConversationOptions,
  type LastMessageOptions,
  type Model,
  type MonitoredResponseOptions,
  monitoredResponseNode,
} from './response.js';
export { intelligentRouting, type RouteNames, type RouteServices, type RoutingOptions } from './routing.js';
export {
  type MonitoredMessages,
  MonitoredState,
  type MonitoredUpdate,
  type PerformanceMetrics,
} from './state.js';
