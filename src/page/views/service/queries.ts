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

/** A service's models now, in series of `__name__`. */
export function modelsQuery(id: string): string {
  const names = ['info', 'loaded', 'size_bytes'].map(name => `ollama_model_${name}`);
  return `{__name__=~"${[...names, 'ollama_required_model_present'].join('|')}",${target(id)}}`;
}

/** The share of a time that a service was up, and how often that was measured, by `part`. @param window `24h` */
export function uptimeQuery(id: string, window: string): string {
  const of = `langgraph_monitor_service_up{${target(id)}}[${window}]`;
  return parts({ share: `max(avg_over_time(${of}))`, count: `max(count_over_time(${of}))` });
}
