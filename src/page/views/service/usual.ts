// What response times are usual for a service, as a band of a chart. Pure.

import { combine, type Line, otherwise, valuesOf } from '../../chart/lines.js';
import type { Span } from '../../chart/range.js';
import type { Series } from '../../promql.js';

/** The band the rules judge by; where there is none yet, twice the deviation around the mean of the day before. */
export function usualBand(span: Span, series: readonly Series[]): Line[] {
  const named = (part: string) =>
    valuesOf(
      span,
      series.find(({ metric }) => metric.part === part),
    );
  const [mean, deviation, upper, lower] = [named('mean'), named('deviation'), named('upper'), named('lower')];
  return [
    {
      name: 'usual',
      color: '--band',
      kind: 'band',
      values: otherwise(
        upper,
        combine(mean, deviation, (a, b) => a + 2 * b),
      ),
      low: otherwise(
        lower,
        combine(mean, deviation, (a, b) => a - 2 * b),
      ).map(value => value && Math.max(0, value)),
    },
  ];
}
