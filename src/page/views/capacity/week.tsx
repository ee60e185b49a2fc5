// A week by the hour: a table whose cells are tinted by their value, days across on a narrow screen.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { usePolledJson } from '../../polled.js';
import { sentence } from '../../words.js';
import { cellFormat, printer, type Unit } from './figures.js';
import { EVERY } from './pace.js';

interface Hour {
  readonly day: string;
  readonly hours: string;
  readonly value: number;
}

/** As `/weekly_profile` has it. */
export interface Profile {
  readonly name: string;
  readonly unit: Unit;
  readonly days: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly busiest: Hour | null;
  readonly quietest: Hour | null;
  readonly known_hours: number;
  readonly reason: string | null;
}

/** Of fewer hours there is no table: it would be empty but for a cell or two. */
const LEAST = 24;
/** Tints there are. */
const LEVELS = 7;
/** From the palest to the strongest tint at least, as a share of the highest value. */
const EVEN = 0.25;
/** Wider screens, and paper, have the hours across. */
const NARROW = 'screen and (max-width: 900px)';

/** What the load balancer has to do; nothing where there is none. */
export function WeekOfLoad({ days }: { days: number }) {
  const { answer } = usePolledJson<Profile>(`weekly_profile?days=${days}&load=requests`, EVERY);
  if (answer === undefined || answer.known_hours === 0) return null;
  return (
    <>
      <h2>
        When it is busy <span class="quiet">requests through HAProxy</span>
      </h2>
      <Week profile={answer} />
    </>
  );
}

export function Week({ profile }: { profile: Profile }) {
  const isNarrow = useMedia(NARROW);
  const { days, values, unit, name, reason } = profile;
  const known = values.flat().filter(value => value !== null);
  if (known.length < LEAST) return <p class="quiet">{sentence(reason ?? 'nothing is known of it')}.</p>;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const format = cellFormat(unit, high);
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
  const cell = (day: number, hour: number) => {
    const value = values[day]?.[hour] ?? null;
    return (
      <td key={`${day} ${hour}`} class={value === null ? 'quiet' : `heat-${levelOf(value, low, high)}`}>
        {value === null ? '–' : format.print(value)}
      </td>
    );
  };
  const head = (text: string, scope: 'row' | 'col') => (
    <th key={text} scope={scope}>
      {text.slice(0, 3)}
    </th>
  );
  return (
    <>
      <table class={isNarrow ? 'heat narrow' : 'heat'}>
        <caption>
          {profile.busiest && profile.quietest ? (
            <span>{extremes(profile.unit, profile.busiest, profile.quietest)} </span>
          ) : null}
          <span class="quiet">
            {sentence(format.unit)},{' '}
            {unit === 'seconds' ? `mean response time of ${name}` : 'median of the hour'}, by the monitor's
            clock.
          </span>
        </caption>
        <thead>
          <tr>
            <td />
            {isNarrow ? days.map(day => head(day, 'col')) : hours.map(hour => head(hour, 'col'))}
          </tr>
        </thead>
        <tbody>
          {isNarrow
            ? hours.map((hour, at) => (
                <tr key={hour}>
                  {head(hour, 'row')}
                  {days.map((_, day) => cell(day, at))}
                </tr>
              ))
            : days.map((day, at) => (
                <tr key={day}>
                  {head(day, 'row')}
                  {hours.map((_, hour) => cell(at, hour))}
                </tr>
              ))}
        </tbody>
      </table>
      {reason === null ? null : <p class="quiet">{sentence(reason)}.</p>}
    </>
  );
}

function extremes(unit: Unit, busiest: Hour, quietest: Hour): string {
  const print = printer(unit);
  const [most, least] = unit === 'seconds' ? ['Slowest', 'fastest'] : ['Busiest', 'quietest'];
  const of = ({ day, hours, value }: Hour) => `${day} ${hours.replace('-', '–')} (${print(value)})`;
  return `${most} ${of(busiest)}, ${least} ${of(quietest)}.`;
}

/** From 0 for the lowest value on. Values that hardly differ do not look as if they did. */
function levelOf(value: number, low: number, high: number): number {
  const span = Math.max(high - low, EVEN * high);
  return span === 0 ? 0 : Math.min(LEVELS - 1, Math.floor(((value - low) / span) * LEVELS));
}

function useMedia(query: string): boolean {
  const isSo = useSignal(matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const change = () => {
      isSo.value = list.matches;
    };
    list.addEventListener('change', change);
    return () => list.removeEventListener('change', change);
  }, [query]);
  return isSo.value;
}
