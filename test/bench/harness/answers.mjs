// In: a question in PromQL and who is asked. Out: how long the answer took, or the answer itself, to be compared with
// another's.

import { get, getJson } from './loopback.mjs';

/** How far values may be apart, as a share of the larger: sums may be taken in another order. */
const TOLERANCE = 1e-9;

/** @typedef {{query: string, time: number} | {query: string, start: number, end: number, step: number}} Question times in seconds */

/** The URL of a question. @param more further parameters */
export function urlOf(url, question, more = {}) {
  const path = 'step' in question ? 'query_range' : 'query';
  return `${url}/api/v1/${path}?${new URLSearchParams({ ...question, ...more })}`;
}

/** Milliseconds from asking to the last byte of the answer. @throws Error unless it is one. */
export async function timeOf(url) {
  const started = performance.now();
  await get(url);
  return performance.now() - started;
}

/** @returns {Promise<Map<string, [number, string][]>>} a series' points by its labels. @throws Error when there are none. */
export async function seriesOf(url) {
  const series = await answerOf(url);
  if (series.size === 0) throw new Error(`${url} finds nothing`);
  return series;
}

/** The same, perhaps of no series. @returns {Promise<Map<string, [number, string][]>>} */
export async function answerOf(url) {
  const { data } = await getJson(url);
  return new Map(data.result.map(({ metric, value, values }) => [identity(metric), values ?? [value]]));
}

/** Without the name: VictoriaMetrics keeps it where Prometheus drops it. */
function identity({ __name__, ...labels }) {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is not the same in two answers, in words, or undefined. */
export function difference(ours, theirs) {
  if (ours.size !== theirs.size) return `${ours.size} series instead of ${theirs.size}`;
  for (const [labels, points] of theirs) {
    const own = ours.get(labels);
    if (!own) return `no series ${labels}`;
    if (own.length !== points.length) return `${own.length} points instead of ${points.length} in ${labels}`;
    const at = points.findIndex((point, i) => !same(own[i], point));
    if (at >= 0) return `${own[at]} instead of ${points[at]} in ${labels}`;
  }
  return undefined;
}

function same([time, text], [otherTime, otherText]) {
  const [a, b] = [Number(text), Number(otherText)];
  if (Number(time) !== Number(otherTime)) return false;
  return Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
