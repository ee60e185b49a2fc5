// The monitor as it was called when it listened elsewhere. Made by thread.ts.

import type { Matcher } from '../model/samples.js';

/** Whose the scrapes are. */
export interface Target {
  readonly job: string;
  readonly instance: string;
}

/** Selects the series that a target had under other addresses. */
export function formerOf({ job, instance }: Target): Matcher[] {
  return [
    { name: 'job', op: '=', value: job, matches: value => value === job },
    { name: 'instance', op: '!=', value: '', matches: value => value !== '' },
    { name: 'instance', op: '!=', value: instance, matches: value => value !== instance },
  ];
}
