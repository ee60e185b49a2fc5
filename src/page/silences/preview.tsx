// What the matchers of a form cover at this moment, as they are typed.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useModel } from '../model.js';
import { usePolled } from '../polled.js';
import { Shape } from '../view/shape.js';
import { count } from '../words.js';
import { type Coverage, type CoveredAlert, coverage } from './coverage.js';
import type { MatcherText } from './matchers.js';

/** Milliseconds without a key before the monitor is asked, and between two questions. */
const SETTLE = 250;
const EVERY = 15_000;
/** Alerts and services that are listed. */
const SHOWN = 8;

/** What is known of what matchers cover. */
export interface Covered {
  readonly coverage: Coverage | undefined;
  /** Why it is not known; empty while it is. */
  readonly problem: string;
  /** What the monitor says is wrong with each matcher. */
  readonly faults: readonly string[];
}

/** Asks what matchers cover; those that have no name yet cover nothing. */
export function useCoverage(matchers: readonly MatcherText[]): Covered {
  // Before an alert's labels are known there are none, which the monitor would refuse.
  const isComplete = matchers.length > 0 && matchers.every(({ name }) => name !== '');
  const typed = isComplete ? JSON.stringify(matchers) : '';
  const settled = useSignal(typed);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = typed;
    }, SETTLE);
    return () => clearTimeout(timer);
  }, [typed, settled]);
  const asked = settled.value;
  const { answer, problem } = usePolled<Coverage | undefined>(
    `coverage ${asked}`,
    async () => (asked === '' ? undefined : coverage(JSON.parse(asked) as MatcherText[])),
    EVERY,
  );
  const last = useRef<Coverage | undefined>(undefined);
  // The former answer stays until the next one is there, so that nothing flickers while one types.
  if (answer !== undefined) last.current = answer;
  const faults = asked === typed ? (answer?.faults ?? []) : [];
  return { coverage: asked === '' ? undefined : last.current, problem, faults };
}

export function Preview({ covered: { coverage: known, problem } }: { covered: Covered }) {
  const isWrong = known?.faults.some(fault => fault !== '') ?? false;
  return (
    <div class="preview" role="status">
      {problem === '' ? null : <p class="fault">What it covers cannot be shown: {problem}</p>}
      {known === undefined || isWrong ? (
        <p class="quiet">What it covers appears here once every matcher is complete.</p>
      ) : (
        <>
          <Alerts alerts={known.alerts} />
          <Services coverage={known} />
          <LeftOut alerts={known.left_out} />
        </>
      )}
    </div>
  );
}

function Alerts({ alerts }: { alerts: readonly CoveredAlert[] }) {
  if (alerts.length === 0)
    return <p>No alert that fires now fits. It covers alerts that begin while it is active.</p>;
  return (
    <>
      <p>
        <strong>Covers {count(alerts.length, 'alert')}</strong> that {alerts.length === 1 ? 'fires' : 'fire'}{' '}
        now:
      </p>
      <AlertNames alerts={alerts} />
    </>
  );
}

function AlertNames({ alerts }: { alerts: readonly CoveredAlert[] }) {
  return (
    <>
      <ul>
        {alerts.slice(0, SHOWN).map(({ fingerprint, labels, annotations }) => (
          <li key={fingerprint}>
            <Shape of={labels.severity ?? ''} />{' '}
            <span>
              <strong>{labels.alertname}</strong>{' '}
              <span class="quiet">{annotations.description ?? annotations.summary ?? ''}</span>
            </span>
          </li>
        ))}
      </ul>
      {alerts.length > SHOWN ? <p class="quiet">and {alerts.length - SHOWN} more</p> : null}
    </>
  );
}

/** What fires of the same services and is sent as before. */
function LeftOut({ alerts }: { alerts: readonly CoveredAlert[] }) {
  if (alerts.length === 0) return null;
  return (
    <>
      <p>
        <strong>Leaves out {count(alerts.length, 'alert')}</strong> of these services that{' '}
        {alerts.length === 1 ? 'fires' : 'fire'} now:
      </p>
      <AlertNames alerts={alerts} />
    </>
  );
}

function Services({ coverage: { about, only } }: { coverage: Coverage }) {
  const known = useModel().names.value;
  const total = known.size;
  const names = about.map(id => known.get(id) ?? id);
  const which = only.length === 0 ? '' : `, alerts with ${only.join(', ')} only`;
  if (names.length === 0) return <p class="quiet">No service fits.</p>;
  if (names.length >= total && total > 1)
    return (
      <p class={only.length === 0 ? 'degraded' : 'quiet'}>
        Of all {total} services{which}.
      </p>
    );
  return (
    <p class="quiet">
      Of {names.slice(0, SHOWN).join(', ')}
      {names.length > SHOWN ? ` and ${names.length - SHOWN} more services` : ''}
      {which}.
    </p>
  );
}
