// What the people who run the cluster tell: announcements, and maintenance that is planned or under way.

import type { ComponentChildren } from 'preact';
import { useModel } from '../model.js';
import type { Announcement, Maintenance } from '../state.js';
import { Shape } from './shape.js';
import { Moment } from './time.js';
import { Link } from './view-link.js';

export function News() {
  const { announcements, maintenance, isReadOnly } = useModel();
  if (announcements.value.length + maintenance.value.length === 0) return null;
  return (
    <section class="news" aria-labelledby="news">
      <h2 id="news">Announcements</h2>
      <ul>
        {announcements.value.map(each => (
          <Notice key={each.id} notice={each} />
        ))}
        {maintenance.value.map(each => (
          <Planned key={each.id} maintenance={each} />
        ))}
      </ul>
      {isReadOnly ? null : (
        <p class="js-only">
          <Link to={{ view: 'announcements' }}>All announcements</Link>
        </p>
      )}
    </section>
  );
}

const SEVERITIES = ['critical', 'warning', 'info'];

/** An announcement. @param children stand below its text */
export function Notice({ notice, children }: { notice: Announcement; children?: ComponentChildren }) {
  const { title, message, severity, state, starts_at: from, ends_at: until } = notice;
  const tone = SEVERITIES.includes(severity) ? severity : 'info';
  return (
    <li class={`notice-card ${state === 'planned' ? 'planned' : tone}`}>
      <Shape of={state === 'planned' ? 'planned' : tone} />
      <div>
        <h3>
          <span class="severity">{state === 'planned' ? `planned, ${tone}` : tone}</span> <bdi>{title}</bdi>
        </h3>
        <p class="notice-text" dir="auto">
          {message}
        </p>
        <Times from={from} until={until} />
        {children}
      </div>
    </li>
  );
}

function Planned({ maintenance }: { maintenance: Maintenance }) {
  const model = useModel();
  const { state, services, comment, starts_at: from, ends_at: until } = maintenance;
  const names = services?.map(id => model.name(id) ?? id);
  return (
    <li class="notice-card planned">
      <Shape of="planned" />
      <div>
        <h3>
          <span class="severity">{state === 'active' ? 'maintenance' : 'planned maintenance'}</span>{' '}
          {names === undefined || names.length === 0 ? 'The cluster' : names.join(', ')}
        </h3>
        {comment === undefined ? null : <p class="notice-text">{comment}</p>}
        <Times from={from} until={until} />
      </div>
    </li>
  );
}

function Times({ from, until }: { from: string | undefined; until: string | undefined }) {
  if (from === undefined && until === undefined) return null;
  return (
    <p class="quiet">
      {from === undefined ? null : (
        <>
          From <Moment local={from} />
        </>
      )}
      {from !== undefined && until !== undefined ? ' ' : null}
      {until === undefined ? null : (
        <>
          {from === undefined ? 'Until' : 'until'} <Moment local={until} />
        </>
      )}
    </p>
  );
}
