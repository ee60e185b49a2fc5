// A recording rule: an expression's series under another name. Source: Prometheus, rules/recording.go.

import { type Labels, METRIC_NAME } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import { LabelGroups } from '../promql/label-groups.js';
import type { RecordingDefinition } from './definition.js';
import type { InstantSample, QueryFunc } from './query-func.js';

/** More samples are made again each time: keeping their labels would take more memory than it saves time. */
const MAX_KEPT = 250;

/** A recording rule over time: an answer that is the very one of the last time gives the very same samples. */
export class RecordingRule {
  readonly definition: RecordingDefinition;
  #found: readonly InstantSample[] | undefined;
  #samples: readonly InstantSample[] = [];

  constructor(definition: RecordingDefinition) {
    this.definition = definition;
  }

  /** What the rule records at a moment; `limit` 0 is any number of series. Throws what keeps it from it. */
  evaluate(at: Millis, queryFunc: QueryFunc, limit: number): readonly InstantSample[] {
    const { expr, text } = this.definition;
    const found = queryFunc(expr, text, at);
    if (found === this.#found) return this.#samples;
    this.#found = undefined;
    const samples = record(this.definition, found, limit);
    if (found.length <= MAX_KEPT) [this.#found, this.#samples] = [found, samples];
    return samples;
  }
}

function record(
  { name, labels }: RecordingDefinition,
  found: readonly InstantSample[],
  limit: number,
): readonly InstantSample[] {
  const own = Object.entries(labels);
  const samples = found.map(({ labels, value }) => ({ labels: named(labels, name, own), value }));
  if (!(own.length === 0 && haveOneName(found)) && !areDistinct(samples))
    throw new Error('vector contains metrics with the same labelset after applying rule labels');
  if (limit > 0 && samples.length > limit)
    throw new Error(`exceeded limit of ${limit} with ${samples.length} series`);
  return samples;
}

function named(labels: Labels, name: string, own: readonly (readonly [string, string])[]): Labels {
  return own.reduce((all, [key, value]) => all.with(key, value), labels.with(METRIC_NAME, name));
}

/** Then another one in its place keeps them apart as they were: there are thousands, and a key of each is much text. */
function haveOneName(samples: readonly InstantSample[]): boolean {
  return samples.every(({ labels }) => labels.get(METRIC_NAME) === samples[0]?.labels.get(METRIC_NAME));
}

function areDistinct(samples: readonly InstantSample[]): boolean {
  const groups = new LabelGroups();
  for (const { labels } of samples) groups.numberOf(labels);
  return groups.size === samples.length;
}
