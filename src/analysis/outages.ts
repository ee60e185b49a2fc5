// When services were down, one span each, outside of maintenance. Comes in: an hour in which they were; goes out: spans.

import type { Millis } from '../model/time.js';
import type { Engine, Period } from './asking.js';
import { selected, type Targets } from './measures.js';

/** Between two looks. */
const STEP: Millis = 15_000;
/** Down again within it is the same outage: a scrape was missed. */
const APART: Millis = 60_000;

const down = (targets: Targets): string =>
  `${selected('langgraph_monitor_service_up', targets)} == 0 unless on (job, instance, target) langgraph_monitor_service_up_in_maintenance`;

export interface Outage {
  readonly from: Millis;
  /** Exact to {@link STEP}; the end of the period for one that lasts. */
  readonly to: Millis;
}

/**
 * Outages of some services in a span, oldest first.
 * @throws QueryError
 */
export async function downBy(
  engine: Engine,
  { from, to }: Period,
  targets: readonly string[],
): Promise<ReadonlyMap<string, readonly Outage[]>> {
  const found = new Map<string, Outage[]>();
  const { series } = await engine.range(down(targets), { from, to, step: STEP });
  for (const { labels, times } of series) {
    const id = labels.get('target');
    const outages = found.get(id) ?? [];
    found.set(id, outages);
    for (const time of times) {
      if (time < to) extend(outages, time, to);
      // Down at the very end alone, which counts as this span's.
      else if (outages.length === 0) outages.push({ from: to, to: to + STEP });
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

/** Those parts of outages that are in a period, oldest first; those that touch are one. */
export function outagesIn({ from, to }: Period, outages: readonly Outage[]): Outage[] {
  const within = outages.map(each => ({ from: Math.max(from, each.from), to: Math.min(to, each.to) }));
  return joined(within.filter(each => each.from < each.to));
}
