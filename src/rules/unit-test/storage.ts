// What a unit test's rules read and write: the input series as far as time has come, and what rules have recorded.

import type { LabelMatcher, SampleSource, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { Expr } from '../../promql/ast.js';
import { DuplicateSampleError, MemorySource } from '../../promql/memory.js';
import { parseSeries, type SeriesLine } from '../../promql/series-notation.js';
import { engineQueryFunc, type InstantSample, type QueryFunc } from '../query-func.js';
import type { TestGroup } from './file.js';

/** As in promtool. */
const LOOKBACK: Millis = 5 * 60_000;
/** Prometheus' own default, so that a mistaken expression ends before the memory does. */
const MAX_SAMPLES = 50_000_000;

/** Samples of one test. */
export class TestStorage implements SampleSource {
  readonly #source = new MemorySource();
  readonly #lines: readonly SeriesLine[];
  readonly #interval: Millis;
  readonly #start: Millis;
  readonly #queryFunc: QueryFunc;
  /** Series each source showed last. */
  readonly #lastSeries = new Map<string, readonly InstantSample[]>();
  /** How many places of the input series are in the source. */
  #loaded = 0;

  /** @throws Error when an input series cannot be read */
  constructor(
    { inputSeries, interval, start }: Pick<TestGroup, 'inputSeries' | 'interval' | 'start'>,
    evaluationInterval: Millis,
  ) {
    this.#interval = interval;
    this.#start = start;
    this.#lines = inputSeries.map(({ series, values }) => readLine(`${series} ${values}`));
    this.#queryFunc = engineQueryFunc({
      source: this.#source,
      lookback: LOOKBACK,
      defaultInterval: evaluationInterval,
      maxSamples: MAX_SAMPLES,
      checkpoint: () => undefined,
    });
  }

  /** Makes the input series known up to a moment, and no further: a rule cannot look ahead. @throws Error */
  loadUntil(at: Millis): void {
    for (; ; this.#loaded++) {
      const time = this.#start + this.#loaded * this.#interval;
      if (time > at) return;
      for (const { labels, points } of this.#lines) {
        const point = points[this.#loaded];
        if (point !== undefined) this.#source.add(labels, time, point);
      }
    }
  }

  select(matchers: readonly LabelMatcher[], from: Millis, to: Millis): Series[] {
    return this.#source.select(matchers, from, to);
  }

  readonly queryFunc = (expr: Expr, text: string, at: Millis): readonly InstantSample[] =>
    this.#queryFunc(expr, text, at);

  /** Keeps what it can of a rule's samples; throws when one is there already with another value. */
  readonly write = (source: string, at: Millis, samples: readonly InstantSample[]): void => {
    const problems = samples.flatMap(({ labels, value }) =>
      problemOf(() => this.#source.add(labels, at, value)),
    );
    const now = new Set(samples.map(({ labels }) => labels.key));
    for (const { labels } of this.#lastSeries.get(source) ?? []) {
      // A rule that shows the series in this rule's stead has it: it has not ended.
      if (!now.has(labels.key)) problemOf(() => this.#source.add(labels, at, 'stale'));
    }
    this.#lastSeries.set(source, samples);
    if (problems.length > 0) throw new Error(problems.at(-1));
  };
}

function readLine(text: string): SeriesLine {
  try {
    return parseSeries(text);
  } catch (error) {
    throw new Error(`invalid input series ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

function problemOf(add: () => void): string[] {
  try {
    add();
    return [];
  } catch (error) {
    if (error instanceof DuplicateSampleError) return [`duplicate sample for timestamp: ${error.message}`];
    throw error;
  }
}
