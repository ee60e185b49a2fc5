// The newest samples in Prometheus' text format, for another Prometheus. Source: Prometheus, web/federate.go.

import { compareLabels, escapeLabelValue, type Labels, METRIC_NAME } from '../../model/labels.js';
import type { Series } from '../../model/samples.js';
import { formatGeneral } from '../../promql/number.js';
import type { ApiQuery } from '../engine.js';
import { type LookupContext, matcherSet } from './lookup.js';
import { AnswerTooLarge } from './print/json-bytes.js';
import type { PrintedAnswer } from './print.js';

/** Bytes an answer may have. */
const LIMIT = 256 * 1024 * 1024;
/** Characters of a piece. */
const PIECE = 128 * 1024;

type Federation = Extract<ApiQuery, { type: 'federate' }>;

/**
 * Answers with each series' newest sample that an instant query would show, and its own time.
 * @throws QueryError when a selector is none
 */
export function executeFederation(
  { match, time, externalLabels }: Federation,
  context: LookupContext,
): PrintedAnswer {
  const found = new Map<string, Series>();
  const from = time - context.lookback + 1;
  for (const matchers of match.map(matcherSet)) {
    const { source } = context;
    const selected = source.latest?.(matchers, from, time) ?? source.select(matchers, from, time);
    for (const series of selected) if (isPresent(series)) found.set(series.labels.key, series);
    context.checkpoint();
  }
  const named = [...found.values()].filter(({ labels }) => labels.has(METRIC_NAME)).sort(byName);
  return { data: printed(named, externalLabels, context.checkpoint), warnings: [], infos: [] };
}

/** Whether its newest sample has not ended. */
function isPresent({ times, ends }: Series): boolean {
  const last = times.at(-1);
  return last !== undefined && !((ends.at(-1) ?? Number.NEGATIVE_INFINITY) > last);
}

function byName(a: Series, b: Series): number {
  const [one, other] = [a.labels.get(METRIC_NAME), b.labels.get(METRIC_NAME)];
  if (one === other) return compareLabels(a.labels, b.labels);
  return one < other ? -1 : 1;
}

/** Families are untyped: what they are is not kept with the samples. */
function printed(
  sorted: readonly Series[],
  externalLabels: Readonly<Record<string, string>>,
  checkpoint: () => void,
): Uint8Array<ArrayBuffer>[] {
  // Without it the reader would put its own on; an empty label says that there is none.
  const external = Object.entries({ instance: '', ...externalLabels }).sort(([a], [b]) => (a < b ? -1 : 1));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let [text, length, family] = ['', 0, ''];
  const flush = () => {
    const bytes = new TextEncoder().encode(text);
    text = '';
    length += bytes.length;
    if (length > LIMIT) throw new AnswerTooLarge();
    // An empty answer is one piece, too.
    if (bytes.length > 0 || pieces.length === 0) pieces.push(bytes);
    checkpoint();
  };
  for (const { labels, times, values } of sorted) {
    const name = legacyName(labels.get(METRIC_NAME));
    if (name !== family) text += `# TYPE ${name} untyped\n`;
    family = name;
    const value = formatGeneral(values.at(-1) as number);
    text += `${name}${labelsText(labels, external)} ${value} ${times.at(-1)}\n`;
    if (text.length > PIECE) flush();
  }
  flush();
  return pieces;
}

function labelsText(labels: Labels, external: readonly (readonly [string, string])[]): string {
  const own = [...labels.withoutName().pairs()];
  const added = external.filter(([name]) => !labels.has(name));
  const all = [...own, ...added].map(([name, value]) => `${legacyName(name)}="${escapeLabelValue(value)}"`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}

/** A name as readers before Prometheus 3 take it. */
function legacyName(name: string): string {
  return name.replace(/[^A-Za-z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
}
