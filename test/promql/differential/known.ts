// Where Prometheus 2.42 and Prometheus 3, which we follow, are known not to agree.

/** A difference and the expressions that may show it. */
export interface KnownDifference {
  readonly name: string;
  readonly reason: string;
  readonly shows: RegExp;
  /** One that does show it, over the data set. */
  readonly example: string;
}

/** The values are the same but for the last digits. */
export const LAST_DIGITS: readonly KnownDifference[] = [
  {
    name: 'sums over series',
    reason: 'compensated (Kahan, Neumaier) since 3.0, plain before',
    shows: /\b(sum|avg|stddev|stdvar) ?(by|without|\()/,
    example: 'avg(cpu_seconds_total)',
  },
  {
    name: 'averages over time',
    reason: 'the compensated sum divided once since 3.0, an incremental mean before',
    shows: /\bavg_over_time\(/,
    example: 'avg_over_time(temperature[30m])',
  },
  {
    name: 'powers, logarithms, trigonometry',
    reason: "V8's mathematics and Go's round differently",
    shows: /\^|\batan2\b|\b(exp|ln|log2|log10|sin|cos|atan)\(/,
    example: 'temperature ^ 1.5',
  },
];

/** The answers are others. */
export const OTHER_ANSWERS: readonly KnownDifference[] = [
  {
    name: 'growth of a counter near zero',
    reason:
      'since 3.0 the moment it was zero only shortens what the distance to the first sample allows; ' +
      'before, it replaced that distance and could reach further back',
    shows: /\b(rate|increase)\(/,
    example: 'increase(flaky_total[5m])',
  },
  {
    name: 'the name of atan2',
    reason: '2.42 forgot that the operator drops it',
    shows: /\batan2\b/,
    example: 'temperature atan2 humidity',
  },
  {
    name: 'deviation of a single value that is no finite number',
    reason: 'not a number since 3.0, zero before',
    shows: /\b(stddev|stdvar) ?(by|without|\()/,
    example: 'stddev without () (odd)',
  },
  {
    name: 'predict_linear of a range held by @',
    reason: '2.42 moved the range on with the steps of a range query',
    shows: /\bpredict_linear\([^)]*@/,
    example: 'predict_linear(humidity[2m30s] @ 1699999867, 60)',
  },
  {
    name: 'names dropped at the end',
    reason:
      '2.42 drops a name where the value changes, and then cannot tell series apart that are aggregated anyway',
    shows: /_over_time\(.*\b(or|__name__)\b/,
    example: 'count(min_over_time({__name__=~"temperature|humidity"}[5m]))',
  },
  {
    name: 'what turns on a last digit',
    reason: 'a rounded or compared average is another one where its last digit is',
    shows: /\b(round|ceil|floor|sgn)\(.*\bavg|\bavg.*[<>=!]=?/,
    example: 'round(avg_over_time(up[5m] offset 17s), 0.1)',
  },
];
