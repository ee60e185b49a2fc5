// What fills up or gets more: load, sessions, disk, memory. The catalogue of what capacity is about: a further one is a
// line here. Each is asked for by the hour, see hours/figures.ts.

export interface Load {
  /** As in the answer. */
  readonly key: string;
  /** As a sentence calls it. */
  readonly name: string;
  /** Mean of a window, such as `1h`; one value. */
  readonly query: (window: string) => string;
  /** Full, in the unit of the values; undefined where there is no limit. */
  readonly limit?: number;
  /** `request`s an hour or a share of what there is. */
  readonly unit: 'requests/h' | 'sessions' | 'ratio';
}

export const loads: readonly Load[] = [
  {
    key: 'requests',
    name: 'load',
    query: window => `sum(rate(haproxy_frontend_http_requests_total[${window}])) * 3600`,
    unit: 'requests/h',
  },
  {
    key: 'sessions',
    name: 'sessions of HAProxy',
    query: window =>
      `max(avg_over_time(haproxy_frontend_current_sessions[${window}]) / (max_over_time(haproxy_frontend_limit_sessions[${window}]) > 0))`,
    limit: 1,
    unit: 'ratio',
  },
  {
    key: 'disk',
    name: 'the fullest file system of the monitoring node',
    query: window => `max(avg_over_time(host_filesystem_usage_ratio[${window}]))`,
    limit: 1,
    unit: 'ratio',
  },
  {
    key: 'memory',
    name: 'memory of the monitoring node',
    query: window => `max(avg_over_time(host_memory_usage_ratio[${window}]))`,
    limit: 1,
    unit: 'ratio',
  },
  {
    key: 'redis_memory',
    name: 'memory of Redis',
    query: window =>
      `max(avg_over_time(redis_memory_used_bytes[${window}]) / (max_over_time(redis_memory_max_bytes[${window}]) > 0))`,
    limit: 1,
    unit: 'ratio',
  },
];

/** Most sessions of HAProxy at once. */
export const peakSessions = (window: string): string =>
  `max(max_over_time(sum by (job, instance) (haproxy_frontend_current_sessions)[${window}:1m]))`;
