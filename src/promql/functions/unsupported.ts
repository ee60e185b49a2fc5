// Names that Prometheus knows and this engine leaves out, functions and aggregations. They are listed so that using
// one says why it does not work.

import type { UnsupportedFunction } from '../function.js';

const experimental = [
  'double_exponential_smoothing',
  'end',
  'histogram_quantiles',
  'info',
  'limit_ratio',
  'limitk',
  'mad_over_time',
  'range',
  'sort_by_label',
  'sort_by_label_desc',
  'start',
  'start_timestamp',
  'step',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
];

const nativeHistograms = [
  'histogram_avg',
  'histogram_count',
  'histogram_stddev',
  'histogram_stdvar',
  'histogram_sum',
];

export const unsupported: readonly UnsupportedFunction[] = [
  ...experimental.map(name => ({ name, why: 'experimental' as const })),
  ...nativeHistograms.map(name => ({ name, why: 'native histograms' as const })),
];
