// What fills up or gets more: the busiest hour of each day, what is to come with its bounds, and the limit.

import { useMemo } from 'preact/hooks';
import { Chart } from '../../chart/chart.js';
import type { Line } from '../../chart/lines.js';
import { sentence, span } from '../../words.js';
import { useAxisOf } from './axis.js';
import { exactly, printer, type Unit } from './figures.js';

interface Load {
  readonly name: string;
  readonly unit: Unit;
  readonly limit: number | null;
  readonly now: number | null;
  readonly next_month: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly limit_reached: string | null;
  readonly limit_reached_earliest: string | null;
  readonly back_test_error: number | null;
  readonly back_test_days: number | null;
  readonly known_seconds: number;
  readonly needed_seconds: number;
  readonly reason: string | null;
  readonly history: { readonly dates: readonly string[]; readonly busiest_hour: readonly (number | null)[] };
  readonly expected: {
    readonly dates: readonly string[];
    readonly busiest_hour: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
  } | null;
}

/** As `/capacity_projections` has it. */
export interface Projections {
  readonly horizon_days: number;
  readonly interval: number;
  readonly loads: Readonly<Record<string, Load>>;
}

const isDate = (reached: string | null): reached is string => reached !== null && /^\d{4}-/.test(reached);

/** The whole in a sentence. */
export function verdict({ loads, horizon_days: days }: Projections): string {
  const all = Object.values(loads).filter(({ expected }) => expected !== null);
  const [first, ...more] = all
    .filter(({ limit_reached: reached }) => isDate(reached))
    .sort((a, b) => ((a.limit_reached ?? '') < (b.limit_reached ?? '') ? -1 : 1));
  if (first) {
    const others = more.length === 0 ? '' : `, and ${more.length} more within ${days} days`;
    return `${sentence(first.name)} is expected to reach its limit on ${first.limit_reached}${others}.`;
  }
  if (all.some(({ limit }) => limit !== null)) return `No limit is reached within ${days} days.`;
  return 'There is too little data to look ahead.';
}

export function ProjectionCharts({ of: { loads, interval, horizon_days: days } }: { of: Projections }) {
  const all = Object.entries(loads);
  const shown = all.filter(([, { expected }]) => expected !== null);
  const missing = all.filter(([, { expected }]) => expected === null);
  return (
    <>
      <h2>
        What is to come <span class="quiet">the busiest hour of each day, {days} days ahead</span>
      </h2>
      <div class="projections">
        {shown.map(([key, load]) => (
          <Projection key={key} load={load} interval={interval} />
        ))}
      </div>
      {missing.length === 0 ? null : (
        <ul class="missing">
          {missing.map(([key, load]) => (
            <li key={key}>
              <strong>{sentence(load.name)}</strong> <span class="quiet">{lack(load)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function lack({ known_seconds: known, needed_seconds: needed, reason }: Load): string {
  if (known === 0) return reason ?? '';
  return `needs ${span(needed * 1000)}, there are ${span(known * 1000)}`;
}

/** Noon of a date, in seconds since the epoch. */
const noon = (date: string): number => Date.parse(`${date}T12:00:00`) / 1000;

function Projection({ load, interval }: { load: Load; interval: number }) {
  const { name, unit, limit, history, expected } = load;
  const [print, exact] = [printer(unit), exactly(unit)];
  const times = useMemo(() => [...history.dates, ...(expected?.dates ?? [])].map(noon), [load]);
  const lines = useMemo(() => linesOf(load), [load]);
  const axis = useAxisOf(times);
  return (
    <div class="projection">
      <Chart
        title={sentence(name)}
        axis={axis}
        times={times}
        lines={lines}
        print={print}
        isDaily
        rest={history.dates.length}
        empty="Nothing was measured."
        polled={{ answer: load, problem: '' }}
        {...(limit === null ? {} : { top: limit * 1.08 })}
      />
      <dl>
        <Fact name="Limit">{reached(load)}</Fact>
        <Fact name="Now">{load.now === null ? '–' : `${exact(load.now)}, mean of ${meanOf(load)}`}</Fact>
        <Fact name="In 30 days">
          {load.next_month === null
            ? '–'
            : limit !== null && load.next_month.value >= limit
              ? 'over the limit'
              : `${exact(load.next_month.value)}, between ${exact(load.next_month.low)} and ${exact(load.next_month.high)} in ${interval * 100} of 100 cases`}
        </Fact>
        <Fact name="Back-test">{backTest(load)}</Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const WEEK = 7 * 86_400;
const meanOf = ({ known_seconds: known }: Load): string =>
  known >= WEEK ? 'the last week' : `the ${span(known * 1000)} there are`;

function reached({ limit, limit_reached: expected, limit_reached_earliest: earliest }: Load): string {
  if (limit === null || expected === null) return 'none is known';
  if (expected === earliest) return isDate(expected) ? `reached on ${expected}` : expected;
  return isDate(expected)
    ? `reached on ${expected}, at the earliest on ${earliest}`
    : `${expected} as expected; at the earliest on ${earliest}`;
}

/** How far off the same would have been for days that are known now. */
function backTest({ back_test_error: error, back_test_days: days }: Load): string {
  if (error === null || days === null) return 'not possible with so little data';
  const length = span(days * 86_400_000);
  const share = error < 0.001 ? 'less than 0.1' : (error * 100).toFixed(1);
  return `${share} % off on average, had it been made ${length} ago`;
}

function linesOf({ limit, history, expected }: Load): Line[] {
  const past = history.dates.map(() => null);
  const ahead = expected?.dates.map(() => null) ?? [];
  const days = [...history.dates, ...(expected?.dates ?? [])];
  return [
    {
      name: 'likely',
      color: '--band',
      kind: 'band',
      values: [...past, ...(expected?.high ?? [])],
      low: [...past, ...(expected?.low ?? [])],
    },
    { name: 'measured', color: '--series-1', values: [...history.busiest_hour, ...ahead] },
    {
      name: 'expected',
      color: '--series-2',
      kind: 'dashes',
      values: [...past, ...(expected?.busiest_hour ?? [])],
    },
    ...(limit === null
      ? []
      : [{ name: 'limit', color: '--unhealthy', kind: 'limit', values: days.map(() => limit) } as const]),
  ];
}
