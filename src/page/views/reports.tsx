// Reports: a year of days of every service, and a month's uptime, objectives and outages; to be read, printed or taken away.

import './reports.css';
import type { ComponentChildren } from 'preact';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import { useMore } from '../view/more.js';
import { Moment } from '../view/time.js';
import { Link } from '../view/view-link.js';
import { count, percent, span } from '../words.js';
import { monthAfter, nameOfMonth, parseMonth } from './reports/month.js';
import { type ServiceYear, summary, Year, YearLegend } from './reports/year.js';

/** Milliseconds between two looks: a day does not change fast. */
const EVERY = 60_000;
const OUTAGES = 20;
/** Calendars that are drawn first: each has a square a day. */
const YEARS = 12;
const FORMATS = ['html', 'md', 'csv', 'json'];

interface Calendar {
  readonly dates: readonly string[];
  readonly services: Readonly<Record<string, ServiceYear>>;
}

interface Uptime {
  readonly uptime_ratio: number | null;
  /** Seconds. */
  readonly downtime: number;
  readonly maintenance: number;
  readonly coverage: number;
  readonly outage_count: number;
  readonly mttr: number | null;
  readonly mtbf: number | null;
}

interface ServiceUptime extends Uptime {
  readonly name: string;
  readonly objective: number | null;
  readonly budget_left: number | null;
  readonly outages: readonly { readonly from: string; readonly to: string; readonly seconds: number }[];
}

interface Month {
  readonly cluster: Uptime;
  readonly services: Readonly<Record<string, ServiceUptime>>;
}

export function View() {
  const model = useModel();
  const { root, now, zone } = model;
  const present = zone.clockAt(now.value).date.slice(0, 7);
  const month = parseMonth(new URLSearchParams(model.place.value.query).get('month')) ?? present;
  const report = usePolledJson<Month>(`uptime_report?month=${month}`, EVERY);
  return (
    <section class="reports js-only" aria-labelledby="reports">
      <div class="report-head">
        <h1 id="reports">{nameOfMonth(month)}</h1>
        <div class="links">
          <MonthLink month={monthAfter(month, -1)} present={present}>
            ← {nameOfMonth(monthAfter(month, -1))}
          </MonthLink>
          {month < present ? (
            <MonthLink month={monthAfter(month, 1)} present={present}>
              {nameOfMonth(monthAfter(month, 1))} →
            </MonthLink>
          ) : null}
        </div>
      </div>
      <p class="links take">
        <button type="button" class="fold" onClick={() => window.print()}>
          Print
        </button>
        {FORMATS.map(format => (
          <a key={format} href={`${root.value}report?month=${month}&format=${format}`}>
            {format.toUpperCase()}
          </a>
        ))}
        <Link to={{ view: 'capacity' }}>Capacity</Link>
      </p>
      {report.problem === '' ? null : <p class="notice">The report cannot be shown: {report.problem}</p>}
      {report.answer ? <OfMonth month={report.answer} /> : null}
      <Years />
      {report.answer ? <Outages services={report.answer.services} month={month} /> : null}
    </section>
  );
}

function MonthLink(props: { month: string; present: string; children: ComponentChildren }) {
  const { month, present, children } = props;
  const query = month === present ? '' : `?month=${month}`;
  return <Link to={{ view: 'reports', query }}>{children}</Link>;
}

/** What stands there where nothing is known. */
const NOTHING = '–';
const share = (value: number | null) => (value === null ? NOTHING : percent(value));
const length = (seconds: number | null) => (seconds === null ? NOTHING : span(seconds * 1000));

function OfMonth({ month: { cluster, services } }: { month: Month }) {
  const all = Object.entries(services).sort(([, a], [, b]) => (a.uptime_ratio ?? 2) - (b.uptime_ratio ?? 2));
  const { drawn, button } = useMore(all.length, 'services');
  return (
    <>
      <p>{sentence(cluster)}</p>
      <h2>Services, worst first</h2>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Service</th>
              {[
                'Uptime',
                'Objective',
                'Budget left',
                'Outages',
                'Down',
                'To repair',
                'Between failures',
                'Maintenance',
              ].map(name => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.slice(0, drawn).map(([id, service]) => (
              <tr key={id}>
                <th scope="row">
                  <Link to={{ view: 'service', id }}>{service.name}</Link>
                </th>
                <td class="number">{share(service.uptime_ratio)}</td>
                <td class="number">{share(service.objective)}</td>
                <td class="number">{budget(service.budget_left)}</td>
                <td class="number">{service.outage_count}</td>
                <td class="number">{service.downtime === 0 ? NOTHING : length(service.downtime)}</td>
                <td class="number">{length(service.mttr)}</td>
                <td class="number">{length(service.mtbf)}</td>
                <td class="number">{service.maintenance === 0 ? NOTHING : length(service.maintenance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {button}
    </>
  );
}

const budget = (left: number | null) => (left === null ? NOTHING : left < 0 ? 'missed' : percent(left));

function sentence({ uptime_ratio: up, outage_count: outages, downtime, coverage }: Uptime): string {
  if (up === null) return 'Nothing is known of this month.';
  const down = outages === 0 ? 'no outage' : `${count(outages, 'outage')}, ${span(downtime * 1000)} in all`;
  return `All services together were ${percent(up)} up: ${down}. The monitor looked ${percent(coverage)} of the time.`;
}

function Outages({ services, month }: { services: Month['services']; month: string }) {
  const all = Object.entries(services)
    .flatMap(([id, { name, outages }]) => outages.map(outage => ({ id, name, ...outage })))
    .sort((a, b) => (a.from < b.from ? 1 : -1));
  const { drawn, button } = useMore(all.length, 'outages', { first: OUTAGES });
  if (all.length === 0) return null;
  return (
    <>
      <h2>
        Outages of {nameOfMonth(month)}, newest first <span class="quiet">{all.length}</span>
      </h2>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="number">
                Length
              </th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, drawn).map(({ id, name, from, to, seconds }) => (
              <tr key={`${id} ${from}`}>
                <th scope="row">
                  <Link to={{ view: 'service', id }}>{name}</Link>
                </th>
                <td>
                  <Moment local={from} />
                </td>
                <td>
                  <Moment local={to} />
                </td>
                <td class="number">{length(seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {button}
    </>
  );
}

function Years() {
  const { answer, problem } = usePolledJson<Calendar>('uptime_calendar?days=365', EVERY);
  const all = Object.entries(answer?.services ?? {}).sort(([, a], [, b]) => lost(b) - lost(a));
  const { drawn, button } = useMore(all.length, 'calendars', { first: YEARS });
  return (
    <>
      <h2>The last 365 days</h2>
      {problem === '' ? null : <p class="notice">The calendar cannot be shown: {problem}</p>}
      <YearLegend />
      <ul class="years">
        {all.slice(0, drawn).map(([id, year]) => (
          <li key={id}>
            <h3>
              <Link to={{ view: 'service', id }}>{year.name}</Link>
            </h3>
            <Year dates={answer?.dates ?? []} year={year} />
            <p class="quiet">{summary(answer?.dates ?? [], year)}</p>
          </li>
        ))}
      </ul>
      {button}
    </>
  );
}

/** Seconds that a service was down. */
const lost = ({ downtime }: ServiceYear): number => downtime.reduce((sum, each) => sum + each, 0);
