// The answers the timetables read, in the document's field names.

import type { RunningMonitor } from '../support/monitor.js';

export interface ServiceHealth {
  readonly status: string;
  readonly response_time?: number;
  readonly status_code?: number;
  readonly error?: string;
  readonly data?: unknown;
  readonly last_check?: string;
  readonly since?: string;
  readonly consecutive_failures?: number;
}

export interface ClusterHealth {
  readonly timestamp: string;
  readonly overall_status: string;
  readonly services: Readonly<Record<string, { name: string; critical: boolean; health: ServiceHealth }>>;
  readonly cluster_stats: Readonly<Record<string, unknown>>;
  readonly alerts: readonly string[];
  /** Of an entry of the history. */
  readonly duration?: number;
}

export interface History {
  readonly history: readonly ClusterHealth[];
  readonly count: number;
}

/** The monitor's `/cluster_health`. */
export function clusterHealth(monitor: RunningMonitor): Promise<ClusterHealth> {
  return monitor.json('/cluster_health');
}

/** All of the monitor's `/history`. */
export function wholeHistory(monitor: RunningMonitor): Promise<History> {
  return monitor.json('/history?limit=10000');
}

/** A service of `/cluster_health` right now; undefined when it is not monitored. */
export async function healthOf(monitor: RunningMonitor, id: string): Promise<ServiceHealth | undefined> {
  return (await clusterHealth(monitor)).services[id]?.health;
}
