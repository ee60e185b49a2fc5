// The first node: is the cluster fit for work?

import { AIMessage } from '@langchain/core/messages';
import {
  type Answer,
  type AskOptions,
  type ClusterHealth,
  isAnswer,
  LangGraphMonitoring,
} from '../client/monitoring.js';
import { isoLocal, systemClock } from '../model/time.js';
import { CLUSTER_UNHEALTHY, type MonitoredMessages, type MonitoredUpdate } from './state.js';

/** What of the health goes into the state, and so into every checkpoint. */
export type KeptHealth =
  /** The whole answer, each service's data with it. */
  | 'all'
  /** Status, alerts and each service's status, without what its check brought back. */
  | 'status'
  /** Nothing. */
  | 'none';

export interface HealthCheckOptions extends Pick<AskOptions, 'fresh'> {
  readonly monitoring?: LangGraphMonitoring;
  /** What `cluster_health` of the state holds: `all` unless said. */
  readonly keep?: KeptHealth | ((health: ClusterHealth) => ClusterHealth | undefined);
}

/**
 * Makes the node: the state gains `cluster_health` and `monitoring_timestamp`. While the cluster is unhealthy it also
 * gains a message that says why and `error: "cluster_unhealthy"`, at which {@link intelligentRouting} ends the workflow.
 * A monitor that is unreachable stops no graph: `cluster_health` then holds the error.
 */
export function healthCheckNode({
  monitoring = new LangGraphMonitoring(),
  fresh,
  keep = 'all',
}: HealthCheckOptions = {}) {
  return async (
    state: MonitoredMessages,
    config?: { readonly signal?: AbortSignal },
  ): Promise<MonitoredUpdate> => {
    const health = await monitoring.checkClusterHealth({ fresh, signal: config?.signal });
    const stored = isAnswer(health) ? keptOf(health, keep) : health;
    const update = {
      ...(stored && { cluster_health: stored }),
      monitoring_timestamp: isoLocal(systemClock.now()),
    };
    if (health.overall_status === 'unhealthy') {
      const text = `System temporarily unavailable due to: ${health.alerts.join('; ')}`;
      return { ...update, messages: [new AIMessage(text)], error: CLUSTER_UNHEALTHY };
    }
    // A thread that is taken up again may still hold what ended it the last time.
    return state.error === CLUSTER_UNHEALTHY ? { ...update, error: undefined } : update;
  };
}

function keptOf(
  health: ClusterHealth & { readonly error?: undefined },
  keep: NonNullable<HealthCheckOptions['keep']>,
): Answer<ClusterHealth> | undefined {
  if (typeof keep === 'function') return keep(health) as Answer<ClusterHealth> | undefined;
  if (keep === 'all') return health;
  if (keep === 'none') return undefined;
  const services = Object.entries(health.services).map(([id, { name, critical, health: of }]) => {
    const error = of.error === undefined ? {} : { error: of.error };
    return [id, { name, critical, health: { status: of.status, ...error } }] as const;
  });
  return { ...health, services: Object.fromEntries(services) };
}
