// A service: how it is now, its history on one time axis, and what it depends on.

import './service.css';
import { RangeButtons } from '../chart/range-buttons.js';
import { useTimeAxis } from '../chart/time-axis.js';
import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import type { Incident, ServiceEntry } from '../state.js';
import { AlertRows, sent } from '../view/alerts.js';
import { ResponseTime, reasonOf } from '../view/card.js';
import { IncidentRows } from '../view/incidents.js';
import { Shape } from '../view/shape.js';
import { Age, Moment } from '../view/time.js';
import { Link } from '../view/view-link.js';
import { seconds, sentence } from '../words.js';
import { CheckNow } from './service/check-now.js';
import { Facts, useInstant } from './service/facts.js';
import { ServiceHistory } from './service/history.js';
import { target } from './service/queries.js';

/** Milliseconds between two looks for incidents, and how many of them the time axis knows. */
const INCIDENTS_EVERY = 15_000;
const INCIDENTS = 500;
const USUAL_EVERY = 300_000;
const LAST = 5;

export function View() {
  const model = useModel();
  const id = model.place.value.id ?? '';
  const entry = model.service(id);
  // A service of its own is a view of its own: nothing of one is kept for the next.
  return entry === undefined ? <Unknown id={id} /> : <Service key={id} id={id} entry={entry} />;
}

function Unknown({ id }: { id: string }) {
  if (useModel().isReadOnly) return <UnknownToPublic />;
  return (
    <section aria-labelledby="service">
      <h1 id="service">No service {id}</h1>
      <p class="empty">
        The configuration has no service with this id. It may have been renamed or removed;{' '}
        <Link to={{ view: 'overview' }}>the overview</Link> has all there are, and{' '}
        <Link to={{ view: 'incidents', query: `?${new URLSearchParams({ service: id })}` }}>
          its incidents
        </Link>{' '}
        are kept.
      </p>
    </section>
  );
}

/** Does not repeat the id: what is hidden looks like what is not there. */
function UnknownToPublic() {
  return (
    <section aria-labelledby="service">
      <h1 id="service">No such service</h1>
      <p class="empty">
        It may have been renamed or removed; <Link to={{ view: 'overview' }}>the overview</Link> has all there
        are.
      </p>
    </section>
  );
}

function Service({ id, entry }: { id: string; entry: ServiceEntry }) {
  const model = useModel();
  const axis = useTimeAxis();
  const { answer, problem } = usePolledJson<{ alert_history: Incident[] }>(
    `alert_history?${new URLSearchParams({ service: id, limit: `${INCIDENTS}` })}`,
    INCIDENTS_EVERY,
  );
  const incidents = answer?.alert_history ?? [];
  const alerts = sent(model.alerts.value.details).filter(({ service }) => service === id);
  return (
    <section class="service-view" aria-labelledby="service">
      <Header id={id} entry={entry} />
      {alerts.length === 0 ? null : (
        <section class="alerts js-only" aria-labelledby="alerts">
          <h2 id="alerts">Alerts</h2>
          <AlertRows alerts={alerts} />
        </section>
      )}
      <div class="js-only">
        <h2 class="hidden">History</h2>
        <RangeButtons axis={axis} />
        <ServiceHistory id={id} axis={axis} incidents={incidents} />
        <Facts id={id} />
      </div>
      <section class="incidents js-only" aria-labelledby="incidents">
        <h2 id="incidents">Last incidents</h2>
        {problem === '' ? null : <p class="notice">Incidents cannot be shown: {problem}</p>}
        {answer !== undefined && incidents.length === 0 ? (
          <p class="empty">No incidents of this service yet. Each alert appears here when it fires.</p>
        ) : null}
        <IncidentRows incidents={incidents.slice(0, LAST)} />
        <p>
          <Link to={{ view: 'incidents', query: `?${new URLSearchParams({ service: id })}` }}>
            All its incidents
          </Link>
        </p>
      </section>
    </section>
  );
}

/** Seconds a response took on average on the day before; undefined while that is not known. */
function useUsual(id: string): number | undefined {
  const query = `max(langgraph:response_time_seconds:avg1d{${target(id)}})`;
  const usual = Number(useInstant(query, USUAL_EVERY)?.[0]?.value[1] ?? Number.NaN);
  return Number.isFinite(usual) ? usual : undefined;
}

function Header({ id, entry }: { id: string; entry: ServiceEntry }) {
  const model = useModel();
  const { name, critical, health } = entry;
  const reason = reasonOf(entry);
  const usual = useUsual(id);
  const mutedBy = model.health.value.muted?.filter(({ service }) => service === id) ?? [];
  return (
    <header class={`status service-head tint-${health.status}`}>
      <Shape of={health.status} />
      <div class="status-text">
        <h1 id="service" dir="auto">
          {name}
        </h1>
        <p>
          <span class={`word ${health.status}`}>{sentence(health.status)}</span>
          {reason === '' ? null : <> · {reason}</>}
        </p>
        <p class="quiet">
          {model.epoch(health.since) === undefined ? null : (
            <>
              Since <Moment local={health.since} /> (<Age local={health.since} />) ·{' '}
            </>
          )}
          {id}
          {critical ? ', critical' : ''}
        </p>
        {mutedBy.map(({ message, muted_by: reasons }) => (
          <p key={message} class="quiet">
            <Shape of="muted" /> {message}: not sent, {reasons.join('; ')}
          </p>
        ))}
      </div>
      <div class="service-now">
        <ResponseTime value={health.response_time} usual={usual} status={health.status} />
        <p class="quiet">
          {model.epoch(health.last_check) === undefined ? (
            'Not checked yet'
          ) : (
            <>
              checked <Age local={health.last_check} /> ago
            </>
          )}
          {usual === undefined ? null : <span class="digits">, usual {seconds(usual)}</span>}
        </p>
        {model.isReadOnly ? null : <CheckNow id={id} />}
      </div>
    </header>
  );
}
