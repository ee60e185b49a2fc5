// The status line: is it bad, why, since when, and is what we see of this moment.

import { useModel } from '../model.js';
import { printPlace } from '../place.js';
import { sentence } from '../words.js';
import { Shape } from './shape.js';
import { Age, Ago, Moment } from './time.js';
import { Link } from './view-link.js';

export function StatusLine() {
  const model = useModel();
  const { status, why, since } = model.summary.value;
  const { rules } = model.health.value;
  return (
    <section class={`status tint-${status}`} aria-labelledby="state">
      <Shape of={status} />
      <div class="status-text">
        <h1 id="state">
          {/* Read out when it changes; the ages beside it are not. */}
          <span role="status">
            <span class={`word ${status}`}>{sentence(status)}</span> <span class="why">{why}</span>
          </span>
        </h1>
        <p class="quiet">
          {model.epoch(since) === undefined ? null : (
            <>
              Since <Moment local={since} /> (<Age local={since} />)
            </>
          )}
        </p>
        {rules === undefined ? null : <p class="degraded">{notEvaluated(rules)}</p>}
      </div>
      <Checked />
    </section>
  );
}

/** The state in one line, above the views that are about something else; and whether alerts can be believed. */
export function StatusStrip() {
  const model = useModel();
  const { status, why } = model.summary.value;
  const { rules } = model.health.value;
  return (
    <>
      <Link to={{ view: 'overview' }} class={`strip tint-${status}`}>
        <Shape of={status} />
        <span>
          <span class={`word ${status}`}>{sentence(status)}</span> {why}
        </span>
      </Link>
      {rules === undefined ? null : <p class="notice">{notEvaluated(rules)}</p>}
    </>
  );
}

/** @param problem why, in the words of /cluster_health */
function notEvaluated(problem: string): string {
  return `The rules are not evaluated: ${problem}`;
}

function Checked() {
  const model = useModel();
  const at = model.checkedAt.value;
  return (
    <p class="checked quiet">
      {at === undefined ? (
        'Not checked yet'
      ) : (
        <>
          {/* A new element for every scan begins its animation again. */}
          <span key={at} class="pulse" aria-hidden="true" />
          <span>
            Checked <Ago at={at} title={model.print(at).full} /> ago
          </span>
        </>
      )}
    </p>
  );
}

/** Stands above everything while the monitor does not answer. */
export function Away() {
  const model = useModel();
  if (!model.isAway.value) return null;
  const at = model.epoch(model.health.value.timestamp) ?? 0;
  return (
    <p class="away" role="alert">
      <Shape of="unknown" />
      <span>
        {model.isRefused.value ? <Refused /> : 'The monitor does not answer.'} This is the state of{' '}
        <Ago at={at} title={model.print(at).full} /> ago
        {model.isRefused.value ? '.' : '; the page goes on by itself when the monitor is back.'}
      </span>
    </p>
  );
}

function Refused() {
  const { root, place } = useModel();
  return (
    <>
      The monitor asks for a user and a password again: {/* With a target it is the browser's to follow. */}
      <a href={`${root.value}${printPlace(place.value)}`} target="_self">
        reload the page
      </a>{' '}
      and log in.
    </>
  );
}
