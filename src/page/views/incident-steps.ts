// What happened in an incident, from the first failed check to its end.

import type { Incident } from '../state.js';
import { span } from '../words.js';

interface Step {
  /** The monitor's local time. */
  readonly at: string;
  readonly text: string;
  readonly isProblem?: boolean;
}

/** Milliseconds; within this an alert counts as fired by the evaluation that found its condition. */
const AT_ONCE = 1000;

/** The steps in their order. @param epoch of the monitor's local time, milliseconds */
export function stepsOf(incident: Incident, epoch: (local: string) => number | undefined): Step[] {
  const { ends_at: end, notifications, actions, silenced_by } = incident;
  const steps: Step[] = [
    ...noticedSteps(incident, (from, to) => (epoch(to) ?? 0) - (epoch(from) ?? 0)),
    ...notifications.map(({ at, receiver, integration, status, error, escalation }) => ({
      at,
      text: [
        `${status === 'firing' ? 'Sent' : 'Sent that it ended'} to ${receiver} (${integration})`,
        escalation === undefined ? '' : `, ${escalation}`,
        error === undefined ? '' : `: failed, ${error}`,
      ].join(''),
      isProblem: error !== undefined,
    })),
    ...actions.map(({ at, action, result }) => ({ at, text: `Action ${action}: ${result}` })),
    ...silenced_by.map(({ at, created_by, comment }) => ({
      at,
      text: `Silenced by ${created_by}${comment === '' ? '' : `: ${comment}`}`,
    })),
    ...(end === undefined ? [] : [{ at: end, text: 'The alert ended' }]),
  ];
  return steps.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

/** How it was noticed: a check failed, the rule's condition became true, the alert fired. */
function noticedSteps(
  { starts_at: start, first_failed_at: failed, active_at: active }: Incident,
  between: (from: string, to: string) => number,
): Step[] {
  const first = failed ?? active ?? start;
  const later = between(first, start);
  const after = failed === undefined ? 'its condition became true' : 'the first failed check';
  return [
    ...(failed === undefined ? [] : [{ at: failed, text: 'The first check failed' }]),
    ...(active === undefined || between(active, start) < AT_ONCE
      ? []
      : [{ at: active, text: 'The alert was pending: its condition became true' }]),
    {
      at: start,
      text: later < AT_ONCE ? 'The alert fired' : `The alert fired, ${span(later)} after ${after}`,
    },
  ];
}
