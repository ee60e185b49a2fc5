// The questions of a service's view in PromQL. Several monitors may be behind one query backend, hence the aggregates.

import { parts, windowOf } from '../../chart/promql.js';
import { measuredQuery, plannedQuery, upQuery } from '../../uptime.js';

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
    : upQuery(target(id), `${step}s`, true);
}

/** The share of each step that was planned maintenance. */
export function maintainedQuery(id: string, step: number): string {
  return plannedQuery(target(id), `${step}s`);
}

/** Response times by `part`: median and 95th percentile. */
export function responseQuery(id: string, step: number): string {
  const quantile = (q: number) =>
    `max(quantile_over_time(${q}, probe_duration_seconds{${target(id)}}[${windowOf(step)}]))`;
  return parts({ median: quantile(0.5), p95: quantile(0.95) });
}

/** Recorded every five minutes. */
const BAND_WINDOW = '10m';

/**
 * The service's own usual by `part`, as the rules recorded it: the band of the week and of this hour of the day, by which
 * ServiceSlowerThanUsual judges; and mean and deviation of the day before, for the time until there is a band.
 */
export function usualQuery(id: string): string {
  const recorded = (part: string) => `max(langgraph:response_time_seconds:${part}1d{${target(id)}})`;
  const edge = (part: string) =>
    `max(last_over_time(langgraph:anomaly:${part}{anomaly="response_time",${target(id)}}[${BAND_WINDOW}]))`;
  return parts({
    mean: recorded('avg'),
    deviation: recorded('stddev'),
    upper: edge('upper'),
    lower: edge('lower'),
  });
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
  const names = ['model_info', 'model_loaded', 'model_size_bytes', 'required_model_present'];
  const asked = ['first_token_seconds', 'tokens_per_second', 'success'].map(name => `llm_probe_${name}`);
  return `{__name__=~"(ollama|openai)_(${names.join('|')})|${asked.join('|')}",test!="embed",${target(id)}}`;
}

/**
 * The share of a time outside of maintenance that a service was up, how often that was measured, and the share of the
 * time that was maintenance, by `part`. @param window `24h`
 */
export function uptimeQuery(id: string, window: string): string {
  const of = target(id);
  return parts({
    share: upQuery(of, window, true),
    count: measuredQuery(of, window),
    planned: plannedQuery(of, window),
  });
}
