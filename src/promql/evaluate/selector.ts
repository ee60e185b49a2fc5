// Selectors: samples of the source as columns (the last sample before each step) or as range vectors.

import type { Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { AtModifier, MatrixSelector, VectorSelector } from '../ast.js';
import {
  type Column,
  ColumnAllocator,
  type MatrixValue,
  ONE,
  type Steps,
  timeOf,
  type VectorValue,
} from '../value.js';
import type { Scope } from './scope.js';

/** The moment each step's data is of, `@` and `offset` taken into account. */
export function referenceTimes(
  at: AtModifier | undefined,
  offset: Millis,
  steps: Steps,
  scope: Scope,
): Float64Array {
  const times = new Float64Array(steps.count);
  const fixed = at === undefined ? undefined : scope.momentOf(at);
  for (let i = 0; i < times.length; i++) times[i] = (fixed ?? timeOf(steps, i)) - offset;
  return times;
}

/** At each step the last sample within the lookback, unless the series has ended since. */
export function vectorSelector(
  selector: VectorSelector,
  steps: Steps,
  scope: Scope,
  stamps: boolean,
): VectorValue {
  const { source, lookback } = scope.options;
  const at = referenceTimes(selector.at, selector.offset, steps, scope);
  const first = at[0] as number;
  const last = at[at.length - 1] as number;
  const found =
    (first === last ? source.latest?.(selector.matchers, first - lookback, last) : undefined) ??
    source.select(selector.matchers, first - lookback, last);
  const room = new ColumnAllocator(steps.count, found.length);
  const columns: Column[] = [];
  for (const series of found) {
    scope.checkpointAfter(steps.count);
    const column =
      steps.count === 1 && series.times.length === 1
        ? onlySample(series, last, lookback, stamps)
        : lastSamples(series, at, lookback, stamps, room);
    if (!column) continue;
    scope.spend(steps.count);
    columns.push(column);
  }
  return { type: 'vector', columns };
}

/** The same of one sample at one step; the column has the source's array, which is not written into. */
function onlySample(
  { labels, times, values, ends }: Series,
  at: Millis,
  lookback: Millis,
  stamps: boolean,
): Column | undefined {
  const time = times[0] as number;
  if (time <= at - lookback || time > at) return undefined;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] as number;
    if (end > time && end <= at) return undefined;
  }
  const column = { labels, dropName: false, values, has: ONE };
  return stamps ? { ...column, stamps: times } : column;
}

function lastSamples(
  { labels, times, values, ends }: Series,
  at: Float64Array,
  lookback: Millis,
  stamps: boolean,
  room: ColumnAllocator,
): Column | undefined {
  const count = at.length;
  const bare = room.allocateSparse(labels, false);
  const column = stamps ? { ...bare, stamps: new Float64Array(count) } : bare;
  let next = 0;
  let nextEnd = 0;
  let any = false;
  for (let i = 0; i < count; i++) {
    const now = at[i] as number;
    while (next < times.length && (times[next] as number) <= now) next++;
    while (nextEnd < ends.length && (ends[nextEnd] as number) <= now) nextEnd++;
    if (next === 0) continue;
    const time = times[next - 1] as number;
    if (time <= now - lookback) continue;
    if (nextEnd > 0 && (ends[nextEnd - 1] as number) > time) continue;
    column.values[i] = values[next - 1] as number;
    column.has[i] = 1;
    if (column.stamps) column.stamps[i] = time;
    any = true;
  }
  return any ? column : undefined;
}

/** At each step the samples in `(end - range, end]`. */
export function matrixSelector({ selector, range }: MatrixSelector, steps: Steps, scope: Scope): MatrixValue {
  const ends = referenceTimes(selector.at, selector.offset, steps, scope);
  const found = scope.options.source.select(
    selector.matchers,
    (ends[0] as number) - range,
    ends[ends.length - 1] as number,
  );
  for (const { times } of found) scope.spend(times.length);
  const series = found
    .filter(({ times }) => times.length > 0)
    .map(({ labels, times, values }) => ({ labels, dropName: false, times, values }));
  return { type: 'matrix', series, range, ends };
}
