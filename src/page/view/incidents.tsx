// The last incidents: what failed, when, for how long.

import { type Model, useModel } from '../model.js';
import type { Incident } from '../state.js';
import { span } from '../words.js';
import { Message, ServiceName } from './alerts.js';
import { Shape } from './shape.js';
import { Age, Moment } from './time.js';
import { Link } from './view-link.js';

export function Incidents() {
  const { incidents: known, isReadOnly } = useModel();
  const incidents = known.value;
  return (
    <section class="incidents js-only" aria-labelledby="incidents">
      <h2 id="incidents">Last incidents</h2>
      {incidents?.length === 0 ? (
        <p class="empty">No incidents yet. Each alert appears here when it fires.</p>
      ) : null}
      <IncidentRows incidents={incidents ?? []} />
      <p>
        <Link to={{ view: 'incidents' }}>All incidents</Link>
        {isReadOnly ? null : (
          <>
            {' · '}
            <Link to={{ view: 'announcements', query: '?new=1' }}>Post an announcement</Link>
          </>
        )}
      </p>
    </section>
  );
}

export function IncidentRows({ incidents }: { incidents: readonly Incident[] }) {
  const model = useModel();
  const spans = incidents.map(incident => length(incident, model));
  const longest = Math.max(1, ...spans);
  return (
    <ul class="rows">
      {incidents.map((incident, i) => (
        <Row key={incident.id} incident={incident} millis={spans[i] ?? 0} longest={longest} />
      ))}
    </ul>
  );
}

/** Milliseconds an incident lasted, up to now while it lasts. */
export function length({ starts_at: start, ends_at: end }: Incident, model: Model): number {
  const begin = model.epoch(start) ?? 0;
  return Math.max(0, (model.epoch(end) ?? model.now.peek()) - begin);
}

function Row({ incident, millis, longest }: { incident: Incident; millis: number; longest: number }) {
  const { severity, service, message, alertname, starts_at: start, ends_at: end } = incident;
  return (
    <li class="row incident">
      <Shape of={severity} />
      <span class="severity">{severity}</span>
      <span class="what">
        <ServiceName id={service} otherwise={service || alertname} />{' '}
        <Message service={service} text={message} />
      </span>
      <span class="quiet">
        <Moment local={start} />
      </span>
      <span class="digits age">{end === undefined ? <Age local={start} /> : span(millis)}</span>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="groove" width="100" height="6" />
        <rect class="fill" width={Math.max(1, (millis / longest) * 100).toFixed(1)} height="6" />
      </svg>
      <span class={end === undefined ? 'unhealthy' : 'quiet'}>{end === undefined ? 'ongoing' : 'ended'}</span>
    </li>
  );
}
