// Questions as requests to Prometheus' HTTP API.

import type { Millis } from '../../model/time.js';
import type { ApiQuery } from '../engine.js';

export interface ApiRequest {
  /** A query may be longer than a URL, so it is posted where the API takes that. */
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** The request that asks a question; `timeout` is how long the other side may work on a query. */
export function requestOf(query: Exclude<ApiQuery, { type: 'federate' }>, timeout: Millis): ApiRequest {
  const parameters = new URLSearchParams();
  const give = (name: string, value: string | undefined) => {
    if (value !== undefined) parameters.append(name, value);
  };
  give('limit', query.limit?.toString());
  if (query.type === 'metadata') {
    give('metric', query.metric);
    give('limit_per_metric', query.limitPerMetric?.toString());
    return { method: 'GET', path: 'metadata', parameters };
  }
  if (query.type === 'query') give('time', seconds(query.time));
  else {
    give('start', seconds(query.start));
    give('end', seconds(query.end));
  }
  if ('query' in query) {
    give('query', query.query);
    if (query.type === 'query_range') give('step', seconds(query.step));
    if (query.lookback !== undefined) give('lookback_delta', seconds(query.lookback));
    give('stats', query.stats);
    give('timeout', `${Math.ceil(timeout)}ms`);
    return { method: 'POST', path: query.type, parameters };
  }
  for (const match of query.match) give('match[]', match);
  if (query.type !== 'label_values') return { method: 'POST', path: query.type, parameters };
  return { method: 'GET', path: `label/${encodeURIComponent(query.label)}/values`, parameters };
}

/** Never with an exponent, which VictoriaMetrics does not take. */
function seconds(time: Millis): string {
  return (Math.round(time) / 1000).toFixed(3).replace(/\.?0+$/, '');
}
