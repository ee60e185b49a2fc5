// The first node: is the cluster fit for work?

import { AIMessage } from '@langchain/core/messages';
import { type AskOptions, LangGraphMonitoring } from '../client/monitoring.js';
import { isoLocal, systemClock } from '../model/time.js';
import { CLUSTER_UNHEALTHY, type MonitoredMessages, type MonitoredUpdate } from './state.js';

export interface HealthCheckOptions extends Pick<AskOptions, 'fresh'> {
  readonly monitoring?: LangGraphMonitoring;
}

/**
 * Makes the node: the state gains `cluster_health` and `monitoring_timestamp`. While the cluster is unhealthy it also
 * gains a message that says why and `error: "cluster_unhealthy"`, at which {@link intelligentRouting} ends the workflow.
 * A monitor that is away stops nobody: `cluster_health` then holds the error.
 */
export function healthCheckNode({ monitoring = new LangGraphMonitoring(), fresh }: HealthCheckOptions = {}) {
  return async (
    state: MonitoredMessages,
    config?: { readonly signal?: AbortSignal },
  ): Promise<MonitoredUpdate> => {
    const health = await monitoring.checkClusterHealth({ fresh, signal: config?.signal });
    const update = { cluster_health: health, monitoring_timestamp: isoLocal(systemClock.now()) };
    if (health.overall_status === 'unhealthy') {
      const text = `System temporarily unavailable due to: ${health.alerts.join('; ')}`;
      return { ...update, messages: [new AIMessage(text)], error: CLUSTER_UNHEALTHY };
    }
    // A thread that is taken up again may still hold what ended it the last time.
    return state.error === CLUSTER_UNHEALTHY ? { ...update, error: undefined } : update;
  };
}
