// Questions about series rather than samples: which there are, which labels, which values of a label.
// Source: Prometheus, web/api/v1/api.go (series, labelNames, labelValues).

import { type Labels, METRIC_NAME } from '../../model/labels.js';
import type { LabelMatcher, SampleSource, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import { ParseError } from '../../promql/error.js';
import { parseSelector } from '../../promql/parse.js';
import { type ApiQuery, QueryError } from '../engine.js';
import { type Printed, type PrintedAnswer, printLabelSets, printTexts } from './print.js';

/** Prometheus' words for an answer that was cut off. */
export const TRUNCATED = 'results truncated due to limit';

/** Samples, and the series they belong to. */
export interface SeriesSource extends SampleSource {
  /**
   * Series are left out as soon as those before them have more than `limit` samples together; `pause` is called every now
   * and then, and may throw.
   */
  select(
    matchers: readonly LabelMatcher[],
    from: Millis,
    to: Millis,
    limit?: number,
    pause?: () => void,
  ): Series[];
  latest?(matchers: readonly LabelMatcher[], from: Millis, to: Millis, pause?: () => void): Series[];
  /** Series that satisfy all matchers of one of the sets and have something from `from` to `to`, sorted by labels. */
  series(matcherSets: readonly (readonly LabelMatcher[])[], from: Millis, to: Millis): readonly Labels[];
}

type Lookup = Extract<ApiQuery, { type: 'series' | 'labels' | 'label_values' }>;

/** What a question is answered from. */
export interface LookupContext {
  readonly source: SeriesSource;
  /** How long a sample counts as present, in milliseconds. */
  readonly lookback: Millis;
  /** May throw to end the question. */
  readonly checkpoint: () => void;
}

/**
 * Answers one with the series that an instant query could show at some moment from `start` to `end`: those with a sample
 * there or within the lookback before, so that a window of one moment (`[now, now]`) holds what is present then.
 * @throws QueryError
 */
export function executeLookup(
  question: Lookup,
  { source, lookback, checkpoint }: LookupContext,
): PrintedAnswer {
  const sets = question.match.map(matcherSet);
  if (question.type === 'series' && sets.length === 0)
    throw new QueryError('bad_data', 'no match[] parameter provided');
  // A sample counts until just before it is as old as the lookback.
  const from = question.start - lookback + 1;
  const found = source.series(sets.length > 0 ? sets : [[]], from, question.end);
  checkpoint();
  if (question.type === 'series')
    return limited(found, question.limit, kept => printLabelSets(kept, checkpoint));
  const texts = question.type === 'label_values' ? valuesOf(found, question.label) : namesOf(found);
  return limited([...texts].sort(), question.limit, printTexts);
}

/** The matchers of a selector. @throws QueryError when it is none */
export function matcherSet(text: string): readonly LabelMatcher[] {
  let matchers: readonly LabelMatcher[];
  try {
    matchers = parseSelector(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new QueryError('bad_data', `invalid parameter "match[]": ${error.message}`);
  }
  if (matchers.every(matcher => matcher.matches('')))
    throw new QueryError(
      'bad_data',
      'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
    );
  return matchers;
}

function limited<T>(
  found: readonly T[],
  limit: number | undefined,
  print: (kept: readonly T[]) => Printed,
): PrintedAnswer {
  const isCut = limit !== undefined && limit > 0 && found.length > limit;
  return {
    data: print(isCut ? found.slice(0, limit) : found),
    warnings: isCut ? [TRUNCATED] : [],
    infos: [],
  };
}

function namesOf(found: readonly Labels[]): Set<string> {
  const names = new Set<string>();
  for (const labels of found) for (const name of labels.names) names.add(name);
  return names;
}

function valuesOf(found: readonly Labels[], name: string): Set<string> {
  const values = new Set<string>();
  for (const labels of found) {
    // Sorted first in most label sets, and asked for most.
    const value = name === METRIC_NAME && labels.names[0] === name ? labels.values[0] : labels.get(name);
    if (value) values.add(value);
  }
  return values;
}
