// Incidents: every alert from begin to end, newest first, by day: what failed, since when, how long, what was done.

import './incidents.css';
import { useMemo } from 'preact/hooks';
import { groupBy } from '../group-by.js';
import { type Model, useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import type { Incident } from '../state.js';
import { Message, ServiceName } from '../view/alerts.js';
import { useOpen } from '../view/details.js';
import { length } from '../view/incidents.js';
import { webAddress } from '../view/link.js';
import { firstRows } from '../view/more.js';
import { usePieces } from '../view/pieces.js';
import { Shape } from '../view/shape.js';
import { Age, Moment } from '../view/time.js';
import { Link } from '../view/view-link.js';
import { compareNames, count, span } from '../words.js';
import {
  feedOf,
  type IncidentFilter,
  parseFilter,
  printFilter,
  questionOf,
  STEP,
  tableOf,
} from './incident-filter.js';
import { Related } from './incident-related.js';
import { stepsOf } from './incident-steps.js';

/** Milliseconds between two looks for new ones. */
const EVERY = 15_000;

export function View() {
  const model = useModel();
  const filter = parseFilter(model.place.value.query);
  const { answer, problem } = usePolledJson<{ alert_history: Incident[]; count: number }>(
    questionOf(filter),
    EVERY,
  );
  const change = (part: Partial<IncidentFilter>) =>
    model.setQuery(printFilter({ ...parseFilter(model.place.peek().query), limit: STEP, ...part }));
  const incidents = answer?.alert_history.filter(({ service }) => !model.hidden.has(service));
  return (
    <section class="all-incidents js-only" aria-labelledby="incidents">
      <h1 id="incidents">Incidents</h1>
      <Toolbar filter={filter} change={change} />
      {problem === '' ? null : <p class="notice">Incidents cannot be shown: {problem}</p>}
      {incidents?.length === 0 ? <Empty isFiltered={printFilter({ ...filter, limit: STEP }) !== ''} /> : null}
      {incidents === undefined && problem === '' ? <p class="empty">Incidents are being read.</p> : null}
      <Days incidents={incidents ?? []} chosen={filter.id} />
      {answer === undefined || answer.count <= filter.limit ? null : (
        <button type="button" class="fold" onClick={() => change({ limit: filter.limit + STEP })}>
          Show {Math.min(STEP, answer.count - filter.limit)} of {answer.count - filter.limit} more
        </button>
      )}
    </section>
  );
}

function Empty({ isFiltered }: { isFiltered: boolean }) {
  const isKnown = useModel().health.value.rules === undefined;
  if (isFiltered) return <p class="empty">No incident fits the filter.</p>;
  if (!isKnown)
    return <p class="empty">No incidents are known; none begins while the rules are not evaluated.</p>;
  return (
    <p class="empty">No incidents yet. Each alert appears here when it fires, and stays when it has ended.</p>
  );
}

/** Incidents by the reader's day on which they began, in their order. @param chosen the id of one that is marked */
function Days({ incidents, chosen }: { incidents: readonly Incident[]; chosen: string }) {
  const model = useModel();
  const drawn = usePieces(incidents.length);
  const days = [...groupBy(incidents, each => model.day(model.epoch(each.starts_at) ?? Number.NaN))];
  const rows = firstRows(
    days.map(([, those]) => those.length),
    drawn,
  );
  return (
    <>
      {days.map(([day, those], i) =>
        rows[i] === 0 ? null : (
          <section key={day} aria-label={day}>
            <h2>
              {day} <span class="quiet">{count(those.length, 'incident')}</span>
            </h2>
            <ul class="rows">
              {those.slice(0, rows[i]).map(incident => (
                <Row key={incident.id} incident={incident} isChosen={incident.id === chosen} />
              ))}
            </ul>
          </section>
        ),
      )}
    </>
  );
}

function Toolbar(props: { filter: IncidentFilter; change: (part: Partial<IncidentFilter>) => void }) {
  const { filter, change } = props;
  const model = useModel();
  const names = model.names.value;
  const services = useMemo(() => [...names].sort(([, a], [, b]) => compareNames(a, b)), [names]);
  return (
    <div class="toolbar">
      <label>
        <span class="sort quiet">Service</span>{' '}
        <select value={filter.service} onChange={event => change({ service: event.currentTarget.value })}>
          <option value="">All services</option>
          {services.map(([id, name]) => (
            <option key={id} value={id} selected={id === filter.service}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="sort quiet">Severity</span>{' '}
        <select value={filter.severity} onChange={event => change({ severity: event.currentTarget.value })}>
          <option value="">All severities</option>
          {['critical', 'warning', 'info'].map(each => (
            <option key={each} value={each} selected={each === filter.severity}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="toggle"
        aria-pressed={filter.isActive}
        onClick={() => change({ isActive: !filter.isActive })}
      >
        Ongoing
      </button>
      {filter.id === '' ? null : (
        <button type="button" class="toggle" onClick={() => change({ id: '' })}>
          Show all
        </button>
      )}
      {filter.alertname === '' ? null : (
        <button
          type="button"
          class="toggle"
          aria-label={`Show all rules, not ${filter.alertname} alone`}
          onClick={() => change({ alertname: '' })}
        >
          {filter.alertname} <span aria-hidden="true">×</span>
        </button>
      )}
      <span class="spring" />
      <span class="exports">
        {model.isReadOnly ? null : (
          <a href={`${model.root.value}${tableOf(filter)}`} download="incidents.csv">
            CSV
          </a>
        )}
        <a href={`${model.root.value}${feedOf(filter)}`} type="application/atom+xml">
          Atom feed
        </a>
      </span>
    </div>
  );
}

function Row({ incident, isChosen }: { incident: Incident; isChosen: boolean }) {
  const { isOpen, toggle } = useOpen(incident.id, isChosen);
  const model = useModel();
  const { id, severity, service, message, alertname, starts_at: start, ends_at: end } = incident;
  const details = `incident-${id}`;
  return (
    <li class={isChosen ? 'row incident chosen' : 'row incident'}>
      <Shape of={severity} />
      <span class="severity">{severity}</span>
      <span class="what">
        <ServiceName id={service} otherwise={service || alertname} />{' '}
        <Message service={service} text={message} />
      </span>
      <span class="digits quiet when">
        <Moment local={start} isTime />
        {end === undefined || isSameMinute(start, end, model) ? null : (
          <>
            {' – '}
            <Moment local={end} isTime={model.isSameDay(start, end)} />
          </>
        )}
      </span>
      <span class={end === undefined ? 'digits age unhealthy' : 'digits age'}>
        {end === undefined ? <Age local={start} /> : span(length(incident, model))}
      </span>
      <button
        type="button"
        class="more"
        aria-expanded={isOpen}
        aria-controls={details}
        aria-label={`${isOpen ? 'Less' : 'More'} about ${alertname} of ${service || 'the cluster'}`}
        onClick={toggle}
      >
        {isOpen ? 'Less' : 'More'}
      </button>
      {isOpen ? <Course incident={incident} id={details} /> : <div id={details} hidden />}
    </li>
  );
}

/** Whether two moments are shown as the same. */
function isSameMinute(start: string, end: string, model: Model): boolean {
  const minute = (local: string) => model.print(model.epoch(local) ?? 0).short;
  return minute(start) === minute(end);
}

function Course({ incident, id }: { incident: Incident; id: string }) {
  const model = useModel();
  const { alertname, action_taken: taken, muted_by: mutedBy, notifications, starts_at: start } = incident;
  const runbook = webAddress(incident.runbook_url);
  return (
    <div class="course" id={id}>
      <ol>
        {stepsOf(incident, local => model.epoch(local)).map(({ at, text, isProblem }) => (
          <li key={`${at} ${text}`}>
            <span class="digits quiet">
              <Moment local={at} isTime={model.isSameDay(at, start)} hasSeconds />
            </span>
            <span class={isProblem ? 'unhealthy' : ''}>{text}</span>
          </li>
        ))}
      </ol>
      {notifications.length === 0 ? null : <Related id={incident.id} />}
      {notifications.length === 0 && mutedBy === undefined ? <p class="quiet">{taken}</p> : null}
      {mutedBy === undefined ? null : <p class="quiet">Not sent at the moment: {mutedBy.join('; ')}</p>}
      <p class="links">
        <Link to={{ view: 'incidents', query: `?${new URLSearchParams({ alertname })}` }}>
          All of {alertname}
        </Link>
        {runbook === undefined ? null : (
          <a href={runbook} rel="noreferrer">
            Runbook
          </a>
        )}
        <Link to={{ view: 'incidents', query: `?id=${encodeURIComponent(incident.id)}` }}>Link to this</Link>
      </p>
    </div>
  );
}
