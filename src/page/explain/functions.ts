// What PromQL's functions and aggregations are called in a sentence. `$` stands for what they are applied to, `%` for the
// time that covers.

/** Functions of a range. */
export const OVER_TIME: Readonly<Record<string, string>> = {
  avg_over_time: 'the average of $ over %',
  min_over_time: 'the smallest value of $ over %',
  max_over_time: 'the largest value of $ over %',
  sum_over_time: 'the sum of $ over %',
  count_over_time: 'the number of samples of $ over %',
  last_over_time: 'the last value of $ within %',
  present_over_time: 'any sample of $ within %',
  stddev_over_time: 'the standard deviation of $ over %',
  stdvar_over_time: 'the variance of $ over %',
  mad_over_time: 'the median deviation of $ over %',
  rate: 'the per-second rate of $ over %',
  irate: 'the latest per-second rate of $ within %',
  increase: 'the increase of $ over %',
  delta: 'the change of $ over %',
  idelta: 'the latest change of $ within %',
  deriv: 'the per-second slope of $ over %',
  changes: 'the number of changes of $ within %',
  resets: 'the number of resets of $ within %',
};

/** Functions of a value. Those that only change labels or order say nothing of it. */
export const OF_VALUE: Readonly<Record<string, string>> = {
  label_replace: '$',
  label_join: '$',
  sort: '$',
  sort_desc: '$',
  scalar: '$',
  vector: '$',
  abs: 'the absolute value of $',
  ceil: '$ rounded up',
  floor: '$ rounded down',
  round: '$ rounded',
  sqrt: 'the square root of $',
  timestamp: 'the time of the last sample of $',
  time: 'the time now',
  sgn: 'the sign of $',
};

export const AGGREGATIONS: Readonly<Record<string, string>> = {
  sum: 'the sum of $',
  avg: 'the average of $',
  min: 'the smallest $',
  max: 'the largest $',
  count: 'the number of series of $',
  group: '$',
  stddev: 'the standard deviation of $',
  stdvar: 'the variance of $',
};

export const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': 'plus',
  '-': 'minus',
  '*': 'times',
  '/': 'divided by',
  '%': 'modulo',
  '^': 'to the power of',
  atan2: 'atan2',
};

export const COMPARISONS: Readonly<Record<string, string>> = {
  '>': 'above',
  '<': 'below',
  '>=': 'at least',
  '<=': 'at most',
  '==': '',
  '!=': 'not',
};

/** What follows an `and`, `or`, `unless` is a condition. */
export const SETS: Readonly<Record<string, string>> = { and: 'and', or: 'or', unless: 'unless' };
