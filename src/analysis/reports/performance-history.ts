// How fast a service was, hour by hour, beside what was usual for it and where it is heading: the line that
// `/performance_trends` has the word for.

import { isoLocal, type Millis } from '../../model/time.js';
import type { Findings } from '../analyst.js';
import { type Hours, hourly, hoursIn } from '../asking.js';
import * as measures from '../measures.js';
import type { Direction, TrendWord } from '../trend-word.js';
import { TOO_LITTLE } from '../trend-word.js';
import { rounded } from '../words.js';

const HOUR: Millis = 3_600_000;

interface PerformanceHistory {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Seconds since the epoch at which the first value's hour begins, and seconds between two values. */
  readonly start: number;
  readonly step: number;
  /** Mean response time of the answered checks of each hour, in seconds; null where none was answered. */
  readonly values: Values;
  /** What the rules hold for usual; null without a band, which `usual_reason` explains. */
  readonly usual: { readonly lower: Values; readonly upper: Values } | null;
  readonly usual_reason: string | null;
  readonly trend: TrendWord | null;
  readonly trend_reason: string;
  /** The line the trend rests on; null where nothing changed beyond the noise. */
  readonly line: HistoryLine | null;
  readonly query: string;
}

type Values = readonly (number | null)[];

interface HistoryLine {
  /** Seconds, at the first known hour and at the last. */
  readonly from: number;
  readonly to: number;
  /** Of a change at once: when, in seconds since the epoch; null where it changes little by little. */
  readonly step_at: number | null;
}

/** @returns undefined where there is no such service @throws QueryError */
export async function performanceHistoryOf(
  id: string,
  findings: Findings,
): Promise<PerformanceHistory | undefined> {
  const { engine, period, services, facts, directions } = findings;
  const service = services.find(each => each.id === id);
  if (!service) return undefined;
  const edge = async (part: 'lower' | 'upper') =>
    (await hourly(engine, window => band(part, id, window), period)).get(id);
  const [lower, upper] = await Promise.all([edge('lower'), edge('upper')]);
  const nothing = new Float64Array(hoursIn(period)).fill(Number.NaN);
  const direction = directions.get(id);
  return {
    name: service.name,
    from: isoLocal(period.from),
    to: isoLocal(period.to),
    start: period.from / 1000,
    step: HOUR / 1000,
    values: known(facts.get(id)?.times ?? nothing),
    usual: lower && upper ? { lower: known(lower).map(notNegative), upper: known(upper) } : null,
    usual_reason: lower && upper ? null : NO_BAND,
    trend: direction?.word ?? null,
    trend_reason: direction?.reason ?? TOO_LITTLE,
    line: lineOf(direction),
    query: measures.meanTime('1h', id),
  };
}

/** As `rules/anomalies.rules.yml` records it every five minutes. */
const band = (part: 'lower' | 'upper', id: string, window: string): string =>
  `avg by (target) (avg_over_time(langgraph:anomaly:${part}{anomaly="response_time",target="${id}"}[${window}]))`;
const NO_BAND =
  'no band is recorded in the period; the rules record one once six hours are known, and backfill-rules one of older samples';

const known = (hours: Hours): Values => Array.from(hours, value => rounded(value));
const notNegative = (value: number | null): number | null => (value === null ? null : Math.max(0, value));

function lineOf(direction: Direction | undefined): HistoryLine | null {
  if (!direction?.word || direction.word === 'stable') return null;
  const { step, trend } = direction;
  const line = step ?? trend;
  if (!line || direction.change === 0) return null;
  const at = step ? step.at / 1000 : null;
  return { from: rounded(line.from) ?? 0, to: rounded(line.to) ?? 0, step_at: at };
}
