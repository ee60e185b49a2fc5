// The same question put to two engines, and their answers in one shape.

import { Labels } from '../../../src/model/labels.js';
import type { Millis } from '../../../src/model/time.js';
import { EvaluationError, ParseError } from '../../../src/promql/error.js';
import type { EvaluateOptions } from '../../../src/promql/evaluate/scope.js';
import type { QueryResult } from '../../../src/promql/evaluate.js';
import { evaluateInstant, evaluateRange } from '../../../src/promql/evaluate.js';
import type { MemorySource } from '../../../src/promql/memory.js';
import { parse } from '../../../src/promql/parse.js';
import type { PrometheusServer } from '../../support/prometheus.js';

/** When to evaluate: at a moment, or from one to another. */
export interface Question {
  readonly expr: string;
  readonly from: Millis;
  readonly to?: Millis;
  readonly step?: Millis;
}

/** Values by label set and time, or that it was refused, whatever the words. */
export type Answered = 'refused' | ReadonlyMap<string, number>;

/** Asks the language of this project. */
export function askHere({ expr, from, to, step }: Question, source: MemorySource): Answered {
  const options: EvaluateOptions = {
    source,
    lookback: 300_000,
    defaultInterval: 60_000,
    maxSamples: 50_000_000,
    checkpoint: () => undefined,
  };
  try {
    const tree = parse(expr);
    if (to === undefined || step === undefined) return valuesOf(evaluateInstant(tree, expr, from, options));
    const steps = { start: from, step, count: Math.floor((to - from) / step) + 1, end: to };
    return valuesOf(evaluateRange(tree, expr, steps, options));
  } catch (error) {
    if (error instanceof ParseError || error instanceof EvaluationError) return 'refused';
    throw error;
  }
}

function valuesOf(answer: QueryResult): ReadonlyMap<string, number> {
  if (answer.type === 'string') throw new Error('no expression here is a string');
  if (answer.type === 'scalar') return new Map([[key(Labels.NONE, answer.time), answer.value]]);
  return new Map(
    answer.series.flatMap(({ labels, times, values }) =>
      [...times].map((time, i) => [key(labels, time), values[i] as number] as const),
    ),
  );
}

function key(labels: Labels, time: Millis): string {
  return `${labels} @[${time / 1000}]`;
}

type Sample = readonly [seconds: number, value: string];

type Data =
  | { resultType: 'scalar'; result: Sample }
  | { resultType: 'vector'; result: { metric: Record<string, string>; value: Sample }[] }
  | { resultType: 'matrix'; result: { metric: Record<string, string>; values: Sample[] }[] };

/** Asks a real Prometheus. */
export async function askPrometheus(
  { expr, from, to, step }: Question,
  server: PrometheusServer,
): Promise<Answered> {
  const isRange = to !== undefined && step !== undefined;
  const times: Record<string, string> = isRange
    ? { start: seconds(from), end: seconds(to), step: seconds(step) }
    : { time: seconds(from) };
  try {
    return samplesOf(await server.api<Data>(isRange ? 'query_range' : 'query', { query: expr, ...times }));
  } catch (error) {
    // A refusal names the door it came from; anything else is trouble with the server.
    if (error instanceof Error && /^query(_range)?: /.test(error.message)) return 'refused';
    throw error;
  }
}

function seconds(time: Millis): string {
  return String(time / 1000);
}

function samplesOf({ resultType, result }: Data): ReadonlyMap<string, number> {
  if (resultType === 'scalar') return new Map([entry({}, result)]);
  if (resultType === 'vector') return new Map(result.map(({ metric, value }) => entry(metric, value)));
  return new Map(result.flatMap(({ metric, values }) => values.map(value => entry(metric, value))));
}

function entry(metric: Record<string, string>, [time, value]: Sample): [string, number] {
  return [key(Labels.of(metric), time * 1000), Number(value.replace('Inf', 'Infinity'))];
}

/** The first difference in words; undefined when there is none within a relative tolerance, 0 for the same digits. */
export function difference(here: Answered, there: Answered, tolerance: number): string | undefined {
  if (here === 'refused' || there === 'refused')
    return here === there ? undefined : `here ${worded(here)}, there ${worded(there)}`;
  for (const [place, value] of there) {
    const own = here.get(place);
    if (own === undefined) return `${place} ${value} is there and not here`;
    if (!isSame(own, value, tolerance)) return `${place} is here ${own}, there ${value}`;
  }
  const surplus = [...here].find(([place]) => !there.has(place));
  return surplus && `${surplus.join(' ')} is here and not there`;
}

function worded(answer: Answered): string {
  return answer === 'refused' ? 'refused' : `answered with ${answer.size} values`;
}

function isSame(a: number, b: number, tolerance: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
