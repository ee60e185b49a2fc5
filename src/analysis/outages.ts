// When services were down, one span each, outside of maintenance. Comes in: the hours in which they were; goes out: spans.
// Only those hours are looked at closely.

import type { Millis } from '../model/time.js';
import { type Engine, hoursIn, type Period } from './asking.js';

const HOUR: Millis = 3_600_000;
/** Between two looks. */
const STEP: Millis = 15_000;
/** Down again within it is the same outage: a scrape was missed. */
const APART: Millis = 60_000;
/** Steps that every Prometheus answers at once. */
const MOST_STEPS = 10_000;

export const DOWN =
  'langgraph_monitor_service_up == 0 unless on (job, instance, target) langgraph_monitor_service_up_in_maintenance';

export interface Outage {
  readonly from: Millis;
  /** Exact to {@link STEP}; the end of the period for one that lasts. */
  readonly to: Millis;
}

/**
 * Outages by service, oldest first.
 * @param isDown whether any service was down in an hour of the period
 * @throws QueryError
 */
export async function outagesOf(
  engine: Engine,
  period: Period,
  isDown: (hour: number) => boolean,
): Promise<ReadonlyMap<string, readonly Outage[]>> {
  const found = new Map<string, Outage[]>();
  for (const { from, to } of spansOf(period, isDown)) {
    const { series } = await engine.range(DOWN, { from, to, step: STEP });
    for (const { labels, times } of series) {
      const id = labels.get('target');
      const outages = found.get(id) ?? [];
      found.set(id, outages);
      for (const time of times) extend(outages, time, period.to);
    }
  }
  for (const outages of found.values()) outages.sort((a, b) => a.from - b.from);
  return found;
}

function extend(outages: Outage[], time: Millis, end: Millis): void {
  const last = outages.at(-1);
  const to = Math.min(time + STEP, end);
  if (last && time >= last.from && time - last.to <= APART)
    outages[outages.length - 1] = { from: last.from, to: Math.max(to, last.to) };
  else outages.push({ from: time, to });
}

/** Outages in any order as spans, oldest first; those that touch are one. */
export function joined(outages: readonly Outage[]): Outage[] {
  const spans: Outage[] = [];
  for (const each of [...outages].sort((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last && each.from - last.to <= APART)
      spans[spans.length - 1] = { from: last.from, to: Math.max(last.to, each.to) };
    else spans.push(each);
  }
  return spans;
}

/** The hours that are looked at, neighbours together, none longer than one question may be. */
function spansOf(period: Period, isDown: (hour: number) => boolean): Period[] {
  const spans: { from: Millis; to: Millis }[] = [];
  for (let hour = 0; hour < hoursIn(period); hour++) {
    if (!isDown(hour)) continue;
    const from = period.from + hour * HOUR;
    const to = Math.min(from + HOUR, period.to);
    const last = spans.at(-1);
    if (last && last.to === from && to - last.from < MOST_STEPS * STEP) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}
