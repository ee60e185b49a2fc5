// What was sent in one message with an incident: related alerts, also when they are over.

import { useModel } from '../model.js';
import { usePolledJson } from '../polled.js';
import type { Incident } from '../state.js';
import { Message, ServiceName } from '../view/alerts.js';
import { Shape } from '../view/shape.js';
import { Link } from '../view/view-link.js';
import { count } from '../words.js';

/** Milliseconds between two looks. */
const EVERY = 60_000;
/** Related ones that are named. */
const MOST = 10;

/** Nothing where it was sent alone. */
export function Related({ id }: { id: string }) {
  const model = useModel();
  const query = new URLSearchParams({ sent_with: id, limit: `${MOST}` });
  const { answer } = usePolledJson<{ alert_history: Incident[]; count: number }>(
    `alert_history?${query}`,
    EVERY,
  );
  const shown = answer?.alert_history.filter(({ service }) => !model.hidden.has(service)) ?? [];
  if (answer === undefined || shown.length === 0) return null;
  const more = answer.count - answer.alert_history.length;
  return (
    <section class="related" aria-label="Sent together">
      <h3>Sent together with</h3>
      <ul>
        {shown.map(({ id: other, severity, service, alertname, message, ends_at: end }) => (
          <li key={other}>
            <Shape of={severity} />
            <span>
              <Link to={{ view: 'incidents', query: `?id=${encodeURIComponent(other)}` }}>{alertname}</Link>{' '}
              <ServiceName id={service} otherwise={service} /> <Message service={service} text={message} />{' '}
              <span class={end === undefined ? 'unhealthy' : 'quiet'}>
                {end === undefined ? 'ongoing' : 'ended'}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p class="quiet">and {count(more, 'other alert')}</p> : null}
    </section>
  );
}
