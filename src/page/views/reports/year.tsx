// A year of days of one service, a square a day, weeks from left to right. The size of a square says what its colour says.

import { count, percent, span } from '../../words.js';

/** What is known of a service's days; as `/uptime_calendar` has it. */
export interface ServiceYear {
  readonly name: string;
  readonly uptime: readonly (number | null)[];
  /** Seconds. */
  readonly downtime: readonly number[];
  readonly maintenance: readonly number[];
}

const PITCH = 10;
const SIZE = 8;
/** Room for the names of months. */
const HEAD = 14;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** From here on a day is well, and below there badly off. */
const [WELL, BADLY] = [0.999, 0.99];

interface Kind {
  readonly name: string;
  /** A state of a service, whose colour it has. */
  readonly tone: string;
  /** Of its square. */
  readonly size: number;
}

const KINDS = {
  well: { name: 'at least 99.9 % up', tone: 'healthy', size: 4 },
  below: { name: 'below 99.9 %', tone: 'degraded', size: 6 },
  badly: { name: 'below 99 %', tone: 'unhealthy', size: 8 },
  planned: { name: 'maintenance alone', tone: 'planned', size: 6 },
  unknown: { name: 'not looked', tone: 'none', size: 2 },
} satisfies Record<string, Kind>;

function kindOf({ uptime, maintenance }: ServiceYear, day: number): Kind {
  const up = uptime[day] ?? null;
  if (up === null) return (maintenance[day] ?? 0) > 0 ? KINDS.planned : KINDS.unknown;
  return up >= WELL ? KINDS.well : up >= BADLY ? KINDS.below : KINDS.badly;
}

/** From Monday. @param date `2026-10-31` */
const weekdayOf = (date: string): number => (new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7;

/** @param dates one for each value, oldest first */
export function Year({ dates, year }: { dates: readonly string[]; year: ServiceYear }) {
  const before = weekdayOf(dates[0] ?? '2026-01-05');
  const place = (day: number) => ({
    x: Math.floor((before + day) / 7) * PITCH,
    y: HEAD + ((before + day) % 7) * PITCH,
  });
  const width = place(dates.length - 1).x + SIZE;
  return (
    <svg
      class="year"
      role="img"
      aria-label={`Uptime of ${year.name} by day: ${summary(dates, year)}`}
      viewBox={`0 0 ${width} ${HEAD + 7 * PITCH}`}
      width={width}
      height={HEAD + 7 * PITCH}
    >
      {dates.map((date, day) =>
        date.endsWith('-01') && place(day).x < width - 2 * PITCH ? (
          <text key={date} x={place(day).x} y={9}>
            {MONTHS[Number(date.slice(5, 7)) - 1]}
          </text>
        ) : null,
      )}
      {dates.map((date, day) => {
        const { tone, size } = kindOf(year, day);
        const { x, y } = place(day);
        const inset = (SIZE - size) / 2;
        return (
          <rect key={date} class={tone} x={x + inset} y={y + inset} width={size} height={size}>
            <title>{`${date}: ${textOf(year, day)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function textOf({ uptime, downtime, maintenance }: ServiceYear, day: number): string {
  const up = uptime[day] ?? null;
  const [down, planned] = [downtime[day] ?? 0, maintenance[day] ?? 0];
  const parts = [
    up === null ? '' : `${percent(up)} up`,
    down > 0 ? `${span(down * 1000)} down` : '',
    planned > 0 ? `${span(planned * 1000)} maintenance` : '',
  ];
  return parts.filter(part => part !== '').join(', ') || 'not looked';
}

/** What the squares say, as a sentence. */
export function summary(dates: readonly string[], year: ServiceYear): string {
  const known = year.uptime.flatMap((up, day) => (up === null ? [] : [{ up, day }]));
  const [worst] = known.toSorted((a, b) => a.up - b.up);
  if (!worst) return 'nothing is known yet';
  const bad = known.filter(({ up }) => up < WELL).length;
  if (bad === 0) return `${count(known.length, 'day')}, each at least 99.9 % up`;
  return `${count(known.length, 'day')}, ${bad} of them below 99.9 %; worst ${dates[worst.day]} with ${percent(worst.up)}`;
}

/** What the squares stand for. */
export function YearLegend() {
  return (
    <ul class="legend quiet" aria-label="What the calendars show">
      {Object.values(KINDS).map(({ name, tone, size }) => (
        <li key={name}>
          <svg class="year" viewBox={`0 0 ${SIZE} ${SIZE}`} width={12} height={12} aria-hidden="true">
            <rect class={tone} x={(SIZE - size) / 2} y={(SIZE - size) / 2} width={size} height={size} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
