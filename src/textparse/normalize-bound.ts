// Bounds of buckets and quantiles, which are numbers written as label values: the same bound is the same series, whichever
// format it comes in. Source: Prometheus, model/textparse (normalizeFloatsInLabelValues, formatOpenMetricsFloat).

import { formatGeneral, parseNumber } from '../promql/number.js';
import type { MetricType } from './metric-type.js';

/** The value of a label: of `le` in histograms and `quantile` in summaries with a point or an exponent in it. */
export function normalizeBound(type: MetricType, label: string, value: string): string {
  const isBound = (type === 'histogram' && label === 'le') || (type === 'summary' && label === 'quantile');
  if (!isBound) return value;
  const number = parseNumber(value);
  if (number === undefined) return value;
  if (!Number.isFinite(number)) return formatGeneral(number);
  const text = largeGeneral(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** `FormatFloat(x, 'g', -1, 64)`: an exponent from 21 digits on. */
function largeGeneral(number: number): string {
  const exponent = number === 0 ? 0 : Number(number.toExponential().split('e')[1]);
  return exponent >= -4 && exponent < 21 ? plain(number) : formatGeneral(number);
}

function plain(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}
