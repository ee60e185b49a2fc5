// Expressions by chance, over the data set's metrics: everything both versions of the language have.

import type { Random } from '../../support/random.js';
import { END, INTERVAL, START } from './dataset.js';

interface Metric {
  readonly name: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly isCounter: boolean;
}

const BOTH = { job: ['api', 'web'], instance: ['a', 'b'] };
const METRICS: readonly Metric[] = [
  { name: 'requests_total', labels: { ...BOTH, code: ['200', '500'] }, isCounter: true },
  { name: 'cpu_seconds_total', labels: BOTH, isCounter: true },
  { name: 'flaky_total', labels: { k: ['a', 'b'] }, isCounter: true },
  { name: 'latency_seconds_count', labels: BOTH, isCounter: true },
  { name: 'up', labels: BOTH, isCounter: false },
  { name: 'temperature', labels: { room: ['attic', 'cellar', 'hall'] }, isCounter: false },
  { name: 'humidity', labels: { room: ['attic', 'hall'] }, isCounter: false },
  { name: 'flaky', labels: { k: ['a', 'b', 'c'] }, isCounter: false },
  { name: 'odd', labels: { k: ['a', 'b'] }, isCounter: false },
  { name: 'build_info', labels: { job: ['api', 'web'] }, isCounter: false },
  { name: 'missing', labels: BOTH, isCounter: false },
];

const POINTWISE = [
  'abs',
  'ceil',
  'floor',
  'sgn',
  'sqrt',
  'exp',
  'ln',
  'log2',
  'log10',
  'sin',
  'cos',
  'atan',
  'deg',
  'rad',
];
const OVER_TIME = ['avg', 'sum', 'min', 'max', 'count', 'last', 'present', 'stddev', 'stdvar'].map(
  name => `${name}_over_time`,
);
const OF_COUNTERS = ['rate', 'increase', 'irate', 'resets'];
const OF_GAUGES = ['delta', 'idelta', 'deriv', 'changes'];
const CALENDAR = [
  'minute',
  'hour',
  'day_of_week',
  'day_of_month',
  'day_of_year',
  'days_in_month',
  'month',
  'year',
];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
const RANGES = ['1m', '2m30s', '5m', '10m', '30m'];
const NUMBERS = ['0', '1', '2', '-3', '0.5', '1e3', '20', '100', 'NaN', 'Inf'];
const QUANTILES = ['0', '0.1', '0.5', '0.9', '0.99', '1', '-1', '2'];

/** Instant vectors nested at most so deep. */
const DEPTH = 3;

/** One expression whose value is an instant vector or a scalar. */
export function expression(random: Random): string {
  return random.chance(0.06) ? scalar(random, DEPTH) : vector(random, DEPTH);
}

function vector(random: Random, depth: number): string {
  if (depth === 0) return selector(random, random.pick(METRICS));
  return random.pick(VECTORS)(random, depth - 1);
}

type Make = (random: Random, depth: number) => string;

/** Those that matter more stand there more than once. */
const VECTORS: readonly Make[] = [
  random => selector(random, random.pick(METRICS)),
  overCounter,
  overCounter,
  overGauge,
  overGauge,
  overTime,
  overTime,
  overTime,
  (random, depth) => `${random.pick(POINTWISE)}(${vector(random, depth)})`,
  rounded,
  clamped,
  aggregated,
  aggregated,
  aggregated,
  ranked,
  (random, depth) => `quantile${grouping(random)} (${random.pick(QUANTILES)}, ${vector(random, depth)})`,
  counted,
  withScalar,
  withScalar,
  matched,
  matched,
  (random, depth) =>
    `(${vector(random, depth)} ${random.pick(['and', 'or', 'unless'])} ${vector(random, depth)})`,
  (random, depth) =>
    `${random.pick(['absent', 'timestamp', 'sort', 'sort_desc', '-', '+'])}(${vector(random, depth)})`,
  (random, depth) => `${random.pick(CALENDAR)}(${random.chance(0.5) ? '' : `abs(${vector(random, depth)})`})`,
  (random, depth) =>
    `label_replace(${vector(random, depth)}, "to", "<$1>", "${random.pick(LABELS)}", "(.).*")`,
  (random, depth) => `label_join(${vector(random, depth)}, "to", "-", "${random.pick(LABELS)}", "instance")`,
  (random, depth) => `vector(${scalar(random, depth)})`,
  bucketQuantile,
];

const LABELS = ['job', 'instance', 'code', 'room', 'k'];

function selector(random: Random, metric: Metric): string {
  return metric.name + matchers(random, metric) + moment(random);
}

function matchers(random: Random, { labels }: Metric): string {
  const chosen = Object.entries(labels).flatMap(([name, values]) => {
    if (!random.chance(0.25)) return [];
    const value = random.pick(values);
    return [
      random.pick([
        `${name}="${value}"`,
        `${name}!="${value}"`,
        `${name}=~"${value}|x.*"`,
        `${name}!~".*${value}"`,
      ]),
    ];
  });
  return chosen.length === 0 ? '' : `{${chosen.join(', ')}}`;
}

/** Mostly none. */
function moment(random: Random): string {
  if (random.chance(0.8)) return '';
  const at = (START + random.below((END - START) / INTERVAL) * INTERVAL) / 1000 + 7;
  return random.pick([
    ' offset 5m',
    ' offset -2m',
    ' offset 17s',
    ` @ ${at}`,
    ` @ ${at} offset 1m`,
    ' @ start()',
    ' @ end()',
  ]);
}

function windowOf(random: Random, metric: Metric): string {
  return `${metric.name}${matchers(random, metric)}[${random.pick(RANGES)}]${moment(random)}`;
}

function overCounter(random: Random): string {
  const metric = random.pick(METRICS.filter(({ isCounter }) => isCounter));
  return `${random.pick(OF_COUNTERS)}(${windowOf(random, metric)})`;
}

function overGauge(random: Random): string {
  const metric = random.pick(METRICS.filter(({ isCounter }) => !isCounter));
  if (random.chance(0.2))
    return `predict_linear(${windowOf(random, metric)}, ${random.pick(['60', '-600', '3600'])})`;
  return `${random.pick(OF_GAUGES)}(${windowOf(random, metric)})`;
}

function overTime(random: Random, depth: number): string {
  // A subquery within a subquery would have steps where its windows begin.
  const range = depth === 0 || random.chance(0.6) ? windowOf(random, random.pick(METRICS)) : subquery(random);
  if (random.chance(0.15)) return `quantile_over_time(${random.pick(QUANTILES)}, ${range})`;
  return random.chance(0.08) ? `absent_over_time(${range})` : `${random.pick(OVER_TIME)}(${range})`;
}

function subquery(random: Random): string {
  const inner = vector(random, 1);
  return `(${inner})[${random.pick(['5m', '7m', '20m'])}:${random.pick(['15s', '1m', '2m', ''])}]${moment(random)}`;
}

function rounded(random: Random, depth: number): string {
  return `round(${vector(random, depth)}${random.pick(['', ', 0.5', ', 5', ', 0.1'])})`;
}

function clamped(random: Random, depth: number): string {
  const operand = vector(random, depth);
  const [a, b] = [random.pick(NUMBERS), random.pick(NUMBERS)];
  return random.pick([
    `clamp(${operand}, ${a}, ${b})`,
    `clamp_min(${operand}, ${a})`,
    `clamp_max(${operand}, ${b})`,
  ]);
}

function grouping(random: Random): string {
  if (random.chance(0.3)) return '';
  const labels = LABELS.filter(() => random.chance(0.35));
  return ` ${random.pick(['by', 'without'])} (${labels.join(', ')})`;
}

function aggregated(random: Random, depth: number): string {
  return `${random.pick(AGGREGATIONS)}${grouping(random)} (${vector(random, depth)})`;
}

/** Of equal values it is left to chance which one ranks higher, so these have hardly any. */
const DISTINCT = ['temperature', 'humidity', 'flaky', 'cpu_seconds_total'];

function ranked(random: Random): string {
  const metric = random.pick(METRICS.filter(({ name }) => DISTINCT.includes(name)));
  const operand = random.chance(0.5)
    ? selector(random, metric)
    : `max_over_time(${windowOf(random, metric)})`;
  return `${random.pick(['topk', 'bottomk'])}${grouping(random)} (${random.pick(['1', '2', '5'])}, ${operand})`;
}

/** Values become labels, where the last digit counts. */
function counted(random: Random): string {
  const metric = random.pick(METRICS);
  const operand = random.chance(0.5)
    ? selector(random, metric)
    : `${random.pick(['min', 'max', 'count', 'last'])}_over_time(${windowOf(random, metric)})`;
  return `count_values${grouping(random)} ("value", ${operand})`;
}

function operator(random: Random): string {
  const comparison = `${random.pick(['==', '!=', '>', '<', '>=', '<='])}${random.chance(0.4) ? ' bool' : ''}`;
  return random.chance(0.6) ? random.pick(['+', '-', '*', '/', '%', '^', 'atan2']) : comparison;
}

function withScalar(random: Random, depth: number): string {
  const sides = [vector(random, depth), scalar(random, depth)];
  if (random.chance(0.5)) sides.reverse();
  return `(${sides[0]} ${operator(random)} ${sides[1]})`;
}

/** Pairs that mostly match, so that there is something to compare. */
function matched(random: Random, depth: number): string {
  const op = operator(random);
  return random.pick([
    () =>
      `(requests_total${moment(random)} ${op} ignoring (code) group_left sum without (code) (requests_total))`,
    () => `(cpu_seconds_total ${op} on (job) group_left (version) build_info)`,
    () => `(build_info ${op} on (job) group_right sum by (job, instance) (requests_total))`,
    () => `(temperature ${op} humidity)`,
    () => `(latency_seconds_sum ${op} latency_seconds_count)`,
    () => `(flaky ${op} on (k) odd)`,
    () => `(${vector(random, depth)} ${op} ${vector(random, depth)})`,
  ])();
}

function scalar(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.6)) return random.pick(NUMBERS);
  return random.pick([
    () => 'time()',
    () => 'pi()',
    () => `scalar(${vector(random, depth - 1)})`,
    () => `scalar(sum(${vector(random, depth - 1)}))`,
    () =>
      `(${scalar(random, depth - 1)} ${random.pick(['+', '*', '> bool', '== bool'])} ${scalar(random, depth - 1)})`,
  ])();
}

function bucketQuantile(random: Random): string {
  const buckets = `latency_seconds_bucket${moment(random)}`;
  const rates = `rate(latency_seconds_bucket[${random.pick(RANGES)}]${moment(random)})`;
  const input = random.pick([buckets, rates, `sum by (le) (${rates})`, `sum by (le, job) (${buckets})`]);
  return `histogram_quantile(${random.pick(QUANTILES)}, ${input})`;
}
