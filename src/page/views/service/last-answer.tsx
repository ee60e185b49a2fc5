// What the service answered last, as far as the monitor keeps it: its body was read as JSON and has no secrets left.

import { useModel } from '../../model.js';
import { Moment } from '../../view/time.js';

/** Characters of a body that are shown. */
const SHOWN = 4000;
/** Shown elsewhere in the view. */
const ELSEWHERE = ['status', 'response_time', 'error', 'last_check', 'since', 'data', 'consecutive_failures'];

export function LastAnswer({ id }: { id: string }) {
  const model = useModel();
  const health = model.service(id)?.health;
  if (!health || model.epoch(health.last_check) === undefined) return null;
  const figures = Object.entries(health).filter(
    ([name, value]) => !ELSEWHERE.includes(name) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  const body = health.data === undefined ? '' : JSON.stringify(health.data, undefined, 2);
  return (
    <section class="fact last-answer" aria-labelledby="answer">
      <h2 id="answer">
        Last answer{' '}
        <span class="quiet">
          <Moment local={health.last_check} />
        </span>
      </h2>
      {figures.length === 0 && body === '' ? <p class="quiet">Without a body in JSON.</p> : null}
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt class="quiet">{name.replaceAll('_', ' ')}</dt>
            <dd class="digits">{String(value)}</dd>
          </div>
        ))}
      </dl>
      {body === '' ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of keys
        <pre class="body" tabIndex={0}>
          {body.length > SHOWN ? `${body.slice(0, SHOWN)}\n... ${body.length - SHOWN} characters more` : body}
        </pre>
      )}
    </section>
  );
}
