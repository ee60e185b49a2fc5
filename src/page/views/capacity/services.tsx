// Services and where their response times are heading; of the one that is chosen the course and the week.

import { useMemo } from 'preact/hooks';
import { Chart } from '../../chart/chart.js';
import type { Line, Values } from '../../chart/lines.js';
import { useModel } from '../../model.js';
import { type Polled, usePolledJson } from '../../polled.js';
import { useMore } from '../../view/more.js';
import { Link } from '../../view/view-link.js';
import { compareNames, seconds } from '../../words.js';
import { useAxisOf } from './axis.js';
import { EVERY } from './pace.js';
import { type Profile, Week } from './week.js';

const FIRST = 12;

/** As they are listed: what needs a look first. */
const TRENDS = {
  degrading: '▲',
  increasing: '↗',
  improving: '↘',
  stable: '→',
} as const;
const ORDER: readonly string[] = Object.keys(TRENDS);

interface Trend {
  readonly name: string;
  readonly avg_response_time: number | null;
  readonly trend: keyof typeof TRENDS | null;
  readonly trend_reason: string;
  readonly change: number | null;
  readonly peak_hours: readonly string[];
  readonly failure_rate: string | null;
}

/** As `/performance_trends` has them. */
type Trends = { readonly insights: readonly string[] } & Readonly<Record<string, Trend>>;

interface History {
  readonly name: string;
  readonly start: number;
  readonly step: number;
  readonly values: Values;
  readonly usual: { readonly lower: Values; readonly upper: Values } | null;
  readonly usual_reason: string | null;
  readonly trend_reason: string;
  readonly line: { readonly from: number; readonly to: number; readonly step_at: number | null } | null;
}

export function Services({ days }: { days: number }) {
  const model = useModel();
  const { answer, problem } = usePolledJson<Trends>(`performance_trends?days=${days}`, EVERY);
  const all = useMemo(() => ordered(answer), [answer]);
  const wanted = new URLSearchParams(model.place.value.query).get('service');
  const chosen = all.find(([id]) => id === wanted) ?? all[0];
  const { drawn, button } = useMore(all.length, 'services', {
    first: FIRST,
    atLeast: chosen ? all.indexOf(chosen) + 1 : 0,
  });
  if (problem !== '') return <p class="notice">Trends cannot be shown: {problem}</p>;
  if (answer === undefined || chosen === undefined) return null;
  return (
    <>
      <h2>How fast services are, and where that is heading</h2>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Trend</th>
              <th scope="col" class="number">
                Mean
              </th>
              <th scope="col" class="number">
                Change
              </th>
              <th scope="col" class="number">
                Failures
              </th>
              <th scope="col">Peak hours</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, drawn).map(([id, trend]) => (
              <Row key={id} id={id} trend={trend} isChosen={id === chosen[0]} />
            ))}
          </tbody>
        </table>
      </div>
      {button}
      <Course id={chosen[0]} name={chosen[1].name} days={days} />
    </>
  );
}

function ordered(trends: Trends | undefined): [string, Trend][] {
  const { insights: _, ...services } = trends ?? { insights: [] };
  const rank = ({ trend }: Trend) => (trend === null ? ORDER.length : ORDER.indexOf(trend));
  return (Object.entries(services) as [string, Trend][]).sort(
    ([, a], [, b]) => rank(a) - rank(b) || compareNames(a.name, b.name),
  );
}

function Row({ id, trend, isChosen }: { id: string; trend: Trend; isChosen: boolean }) {
  const model = useModel();
  const { name, trend: word, trend_reason: reason, change, peak_hours: peaks } = trend;
  const choose = () => {
    const query = new URLSearchParams(model.place.peek().query);
    query.set('service', id);
    model.setQuery(`?${query}`);
  };
  return (
    <tr class={isChosen ? 'picked' : undefined}>
      <th scope="row">
        <button type="button" class="choose" aria-pressed={isChosen} onClick={choose}>
          {name}
        </button>
      </th>
      <td class="why-trend">
        {word === null ? (
          <span class="quiet">not known</span>
        ) : (
          <span class={word === 'degrading' ? 'unhealthy word' : 'word'}>
            <span aria-hidden="true">{TRENDS[word]}</span> {word}
          </span>
        )}
        {word === 'stable' ? null : <span class="quiet"> {reason}</span>}
      </td>
      <td class="number">{trend.avg_response_time === null ? '–' : seconds(trend.avg_response_time)}</td>
      <td class="number">{change === null ? '–' : signed(change)}</td>
      <td class="number">{trend.failure_rate?.replace('%', ' %') ?? '–'}</td>
      <td>{peaks.length === 0 ? '–' : peaks.map(each => each.replace('-', '–')).join(', ')}</td>
    </tr>
  );
}

const signed = (change: number): string =>
  change === 0 ? 'none' : `${change > 0 ? '+' : '−'}${Math.round(Math.abs(change) * 100)} %`;

function Course({ id, name, days }: { id: string; name: string; days: number }) {
  const of = `days=${days}&service=${encodeURIComponent(id)}`;
  const polled = usePolledJson<History>(`performance_history?${of}`, EVERY);
  const week = usePolledJson<Profile>(`weekly_profile?${of}`, EVERY);
  const problem = polled.problem || week.problem;
  return (
    <section class="of-service" aria-labelledby="of-service">
      <h2 id="of-service">
        <Link to={{ view: 'service', id }}>{name}</Link>
      </h2>
      {problem === '' ? null : <p class="notice">Its course cannot be shown: {problem}</p>}
      <ResponseTimes polled={polled} />
      {week.answer ? <Week profile={week.answer} /> : null}
    </section>
  );
}

function ResponseTimes({ polled: asked }: { polled: Polled<History> }) {
  const { answer } = asked;
  const times = useMemo(() => answer?.values.map((_, i) => answer.start + i * answer.step) ?? [], [answer]);
  const lines = useMemo(() => (answer ? linesOf(answer, times) : []), [answer, times]);
  const axis = useAxisOf(times);
  return (
    <div class="charts">
      <Chart
        title="Response time"
        {...(answer ? { note: answer.trend_reason } : {})}
        axis={axis}
        times={times}
        lines={lines}
        print={seconds}
        empty="No check was answered in this time."
        polled={asked}
      />
      {answer?.usual_reason ? (
        <p class="quiet small">Without the band of what is usual: {answer.usual_reason}.</p>
      ) : null}
    </div>
  );
}

function linesOf({ values, usual, line }: History, times: readonly number[]): Line[] {
  return [
    ...(usual
      ? [{ name: 'usual', color: '--band', kind: 'band', values: usual.upper, low: usual.lower } as const]
      : []),
    { name: 'mean of the hour', color: '--series-1', values },
    ...(line
      ? [
          {
            name: 'trend',
            color: '--series-2',
            kind: 'dashes',
            values: trendLine(line, values, times),
          } as const,
        ]
      : []),
  ];
}

/** From the first known value to the last: a slope, or a step at its time. */
function trendLine(
  { from, to, step_at: stepAt }: NonNullable<History['line']>,
  values: Values,
  times: readonly number[],
): Values {
  const first = values.findIndex(value => value !== null);
  const last = values.findLastIndex(value => value !== null);
  return values.map((_, i) => {
    if (i < first || i > last) return null;
    if (stepAt !== null) return (times[i] ?? 0) < stepAt ? from : to;
    return from + ((to - from) * (i - first)) / Math.max(1, last - first);
  });
}
