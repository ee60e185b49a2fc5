// An API's `data` as values, for the program's own questions.

import { mapInSlices } from '../../concurrency/time-slicer.js';
import { Labels } from '../../model/labels.js';
import type { RangeAnswer, Sample } from '../engine.js';

type Point = readonly [time: number, value: string];

interface Shown {
  readonly resultType?: unknown;
  readonly result?: unknown;
}

/** An instant query's samples; undefined when it is no vector and no scalar. Thousands are read by pieces. */
export async function samplesOf(data: unknown): Promise<readonly Sample[] | undefined> {
  const { resultType, result } = (data ?? {}) as Shown;
  if (!Array.isArray(result)) return undefined;
  if (resultType === 'scalar')
    return [{ labels: Labels.NONE, value: numberOf((result as unknown as Point)[1]) }];
  if (resultType !== 'vector') return undefined;
  const rows = result as readonly { metric: Record<string, string>; value: Point }[];
  return mapInSlices(rows, ({ metric, value }) => ({ labels: Labels.of(metric), value: numberOf(value[1]) }));
}

/** The series of a range; undefined when it is no matrix. */
export function seriesOf(data: unknown): RangeAnswer['series'] | undefined {
  const { resultType, result } = (data ?? {}) as Shown;
  if (resultType !== 'matrix' || !Array.isArray(result)) return undefined;
  return (result as { metric: Record<string, string>; values: Point[] }[]).map(({ metric, values }) => ({
    labels: Labels.of(metric),
    times: Float64Array.from(values, ([time]) => Math.round(time * 1000)),
    values: Float64Array.from(values, ([, value]) => numberOf(value)),
  }));
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
