// What the monitor answers and what stands in for an answer that could not be had. Types alone, written out, so that the
// client's package needs no other; the shapes are those of http/shapes.ts, which test/client/shapes.test.ts holds them to.

/** A service's last check. */
export interface ServiceHealth {
  readonly status: 'healthy' | 'degraded' | 'unhealthy' | 'timeout' | 'error' | 'unknown';
  /** Seconds; for a timeout the timeout itself. */
  readonly response_time?: number | undefined;
  readonly status_code?: number | undefined;
  /** The parsed JSON body, up to 64 KiB. */
  readonly data?: unknown;
  /** Why the service is not healthy. */
  readonly error?: string | undefined;
  /** Local time as Python's `datetime.now().isoformat()` prints it. */
  readonly last_check?: string | undefined;
  /** When the status became what it is. */
  readonly since?: string | undefined;
  readonly consecutive_failures?: number | undefined;
  /** What the service's kind adds. */
  readonly [key: string]: unknown;
}

/** An entry of {@link ClusterHealth.services}. */
export interface ServiceEntry {
  readonly name: string;
  readonly critical: boolean;
  /** What it stands under on the status page, where that is configured. */
  readonly group?: string | undefined;
  /** The status page does not show it. */
  readonly hidden?: true | undefined;
  /** While it is in planned maintenance. */
  readonly maintenance?: { readonly until: string; readonly comment: string } | undefined;
  /** Which monitor checks it, where several share the services; from 0. */
  readonly seen_by?: { readonly shard: number; readonly of: number } | undefined;
  readonly health: ServiceHealth;
}

/** An entry of {@link ClusterHealth.muted}. */
export interface MutedAlert {
  readonly service: string;
  readonly severity: string;
  readonly message: string;
  /** A dependency that is down, a silence, another alert, the time. */
  readonly muted_by: readonly string[];
}

/** `/cluster_health` */
export interface ClusterHealth {
  readonly timestamp: string;
  readonly overall_status: 'healthy' | 'degraded' | 'unhealthy';
  /** By the name in the configuration. */
  readonly services: Readonly<Record<string, ServiceEntry>>;
  readonly cluster_stats: {
    readonly local_node: {
      readonly cpu_percent?: number | undefined;
      readonly memory_percent?: number | undefined;
      readonly disk_percent?: number | undefined;
    };
    readonly total_services: number;
    /** Seconds since the monitor started. */
    readonly monitoring_uptime: number;
  };
  /** One line each: `CRITICAL: Tools Server is timeout - Request timed out`. */
  readonly alerts: readonly string[];
  /** Alerts that are not sent, and why; absent when there are none. */
  readonly muted?: readonly MutedAlert[] | undefined;
  /** Why status and alerts are not of this moment, and how old they are. */
  readonly rules?: string | undefined;
  /** What keeps services of other shards from being known, and how old they are; absent while they are. */
  readonly shards?: string | undefined;
}

/** One of several services that can do the same, as it is right now. */
export interface EndpointCandidate {
  readonly service: string;
  /** Its base URL. */
  readonly url: string;
  readonly status: ServiceHealth['status'];
  /** Seconds within which 95 % of the checks of the last ten minutes were answered. */
  readonly p95?: number | undefined;
  /** Seconds to the first token of its fastest model, mean of the last half hour. */
  readonly first_token?: number | undefined;
  /** Of its fastest model, mean of the last half hour. */
  readonly tokens_per_second?: number | undefined;
}

/** `/best_endpoint` */
export interface BestEndpoint {
  readonly capability: string;
  /** The base URL to call. */
  readonly endpoint: string;
  /** The service it belongs to; null for the fallback. */
  readonly service: string | null;
  /** Why this one. */
  readonly reason: string;
  readonly prefer: 'order' | 'latency' | 'first_token' | 'tokens_per_second';
  /** The most preferred first. */
  readonly candidates: readonly EndpointCandidate[];
  /** Called when no candidate is healthy. */
  readonly fallback: string | null;
  /** Why the figures that are preferred are not known; the configuration's order holds meanwhile. */
  readonly latency_problem?: string | undefined;
  readonly timestamp: string;
}

/** Why there is no answer, one line for people. */
export interface Failure {
  readonly error: string;
}

/** An answer, or a failure whose other fields are simply not there, so that both are read alike. */
export type Answer<T> =
  | (T & { readonly error?: undefined })
  | (Failure & { readonly [K in Exclude<keyof T, 'error'>]?: undefined });

/** Whether there is an answer. */
export function isAnswer<T>(answer: Answer<T>): answer is T & { readonly error?: undefined } {
  return answer.error === undefined;
}
