// The questions of a service's view in PromQL. Several monitors may be behind one query backend, hence the aggregates.

import { parts, windowOf } from '../../chart/promql.js';

/** Seconds; with longer steps a stretch's state follows from the share of it the service was up. */
const FINE = 300;

/** A matcher for one service. */
export function target(id: string): string {
  return `target=${JSON.stringify(id)}`;
}

/** Whether states are asked for one by one. */
export function hasStates(step: number): boolean {
  return step <= FINE;
}

/** The state at each step: a series a state, or the share the service was up. */
export function stateQuery(id: string, step: number): string {
  const of = `{${target(id)}}[${step}s]`;
  // Where samples are further apart than steps, the state goes on until the next one.
  return hasStates(step)
    ? `max by (status) (max_over_time(langgraph_monitor_service_status${of}) or langgraph_monitor_service_status{${target(id)}}) == 1`
    : `avg(avg_over_time(langgraph_monitor_service_up${of}))`;
}

/** Response times by `part`: median and 95th percentile. */
export function responseQuery(id: string, step: number): string {
  const quantile = (q: number) =>
    `max(quantile_over_time(${q}, probe_duration_seconds{${target(id)}}[${windowOf(step)}]))`;
  return parts({ median: quantile(0.5), p95: quantile(0.95) });
}

/** The service's own usual, as the rules recorded it: mean and deviation of the day before, in series of `__name__`. */
export function usualQuery(id: string): string {
  return `max by (__name__) ({__name__=~"langgraph:response_time_seconds:(avg|stddev)1d",${target(id)}})`;
}

/** Failed checks within each step, by `reason`. */
export function failureQuery(id: string, step: number): string {
  const failures = `langgraph_monitor_probe_failures_total{${target(id)}}[${step}s]`;
  return `sum by (reason) (increase(${failures})) > 0`;
}

/** Seconds of an HTTP check, by `phase`. */
export function phaseQuery(id: string, step: number): string {
  return `max by (phase) (avg_over_time(probe_http_duration_seconds{${target(id)}}[${windowOf(step)}]))`;
}

/** What is true of a service now besides its state, in series of `__name__`. */
export function factsQuery(id: string): string {
  const names = [
    'probe_ssl_earliest_cert_expiry',
    'probe_ssl_last_chain_expiry_timestamp_seconds',
    'probe_ssl_last_chain_info',
    'probe_tls_version_info',
    'ollama_model_info',
    'ollama_model_loaded',
    'ollama_model_size_bytes',
    'ollama_required_model_present',
    'langgraph_monitor_service_info',
  ];
  return `{__name__=~"${names.join('|')}",${target(id)}}`;
}

/** What a service depends on, and what depends on it. */
export function dependencyQuery(id: string): string {
  const other = `depends_on=${JSON.stringify(id)}`;
  const info = 'langgraph_monitor_service_dependency_info';
  return `group by (target, depends_on) (${info}{${target(id)}} or ${info}{${other}})`;
}

/** The share of a time that a service was up, and how often that was measured, by `part`. @param window `24h` */
export function uptimeQuery(id: string, window: string): string {
  const of = `langgraph_monitor_service_up{${target(id)}}[${window}]`;
  return parts({ share: `max(avg_over_time(${of}))`, count: `max(count_over_time(${of}))` });
}
