// Questions as requests to Prometheus' HTTP API.

import type { Millis } from '../../model/time.js';
import type { ApiQuestion } from '../engine.js';

export interface ApiRequest {
  /** A query may be longer than a URL, so it is posted where the API takes that. */
  readonly method: 'GET' | 'POST';
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** The request that asks a question; `timeout` is how long the other side may work on a query. */
export function requestOf(question: ApiQuestion, timeout: Millis): ApiRequest {
  const parameters = new URLSearchParams();
  const give = (name: string, value: string | undefined) => {
    if (value !== undefined) parameters.append(name, value);
  };
  give('limit', question.limit?.toString());
  if (question.ask === 'metadata') {
    give('metric', question.metric);
    give('limit_per_metric', question.limitPerMetric?.toString());
    return { method: 'GET', path: 'metadata', parameters };
  }
  if (question.ask === 'query') give('time', seconds(question.time));
  else {
    give('start', seconds(question.start));
    give('end', seconds(question.end));
  }
  if ('query' in question) {
    give('query', question.query);
    if (question.ask === 'query_range') give('step', seconds(question.step));
    if (question.lookback !== undefined) give('lookback_delta', seconds(question.lookback));
    give('stats', question.stats);
    give('timeout', `${Math.ceil(timeout)}ms`);
    return { method: 'POST', path: question.ask, parameters };
  }
  for (const match of question.match) give('match[]', match);
  if (question.ask !== 'label_values') return { method: 'POST', path: question.ask, parameters };
  return { method: 'GET', path: `label/${encodeURIComponent(question.label)}/values`, parameters };
}

/** Never with an exponent, which VictoriaMetrics does not take. */
function seconds(time: Millis): string {
  return (Math.round(time) / 1000).toFixed(3).replace(/\.?0+$/, '');
}
