// A recording rule: an expression's series under another name. Source: Prometheus, rules/recording.go.

import { Labels, METRIC_NAME } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import type { Ask, Sample } from './ask.js';
import type { RecordingDefinition } from './definition.js';

/** What the rule records at a moment; `limit` 0 is any number of series. Throws what keeps it from it. */
export function record(
  { name, expr, text, labels }: RecordingDefinition,
  at: Millis,
  ask: Ask,
  limit: number,
): Sample[] {
  const own = Object.entries(labels);
  const seen = new Set<string>();
  const samples = ask(expr, text, at).map(({ labels: found, value }) => {
    const series = Labels.of([...found.pairs(), [METRIC_NAME, name], ...own]);
    seen.add(series.key);
    return { labels: series, value };
  });
  if (seen.size < samples.length)
    throw new Error('vector contains metrics with the same labelset after applying rule labels');
  if (limit > 0 && samples.length > limit)
    throw new Error(`exceeded limit of ${limit} with ${samples.length} series`);
  return samples;
}
