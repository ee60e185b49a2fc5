// What was kept by the monitor before it was started again, and is not there any more: it listened elsewhere, or it
// watched something else. Nobody else says that these series have ended, and for the length of the lookback the rules
// would judge them. Called by thread.ts with the first scrape.

import type { Matcher } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import type { SampleStore } from '../store/samples/store.js';

/** Whose the scrapes are. */
export interface Target {
  readonly job: string;
  readonly instance: string;
  /** The metric that is there for everything that is watched, and the label that says what it is. */
  readonly watched?: { readonly metric: string; readonly label: string };
}

/**
 * Ends series of a target at the scrape that was begun, those with a sample since a moment: all that it had under other
 * addresses, and what is not watched any more. @returns whether one was begun
 */
export function endFormer(store: SampleStore, target: Target, at: Millis, since: Millis): boolean {
  const { job, instance, watched } = target;
  const elsewhere = [is('job', job), isOther('instance', instance)];
  if (!store.end(elsewhere, since)) return false;
  if (!watched) return true;
  const own = [is('job', job), is('instance', instance)];
  const seen = store.latest([is('__name__', watched.metric), ...own], since, at);
  const present = new Set<string>();
  const before = new Set<string>();
  for (const { labels, times } of seen) (times[0] === at ? present : before).add(labels.get(watched.label));
  // A scrape without any says nothing of what is watched. What is not there yet, the machine's state say, may still come.
  if (present.size === 0) return true;
  const gone = [...before].filter(each => !present.has(each));
  return gone.length === 0 || store.end([...own, isOneOf(watched.label, gone)], since);
}

function is(name: string, value: string): Matcher {
  return { name, op: '=', value, matches: each => each === value };
}

function isOneOf(name: string, values: readonly string[]): Matcher {
  return { name, op: '=~', value: '', matches: each => values.includes(each) };
}

/** A label that is there and has another value. */
function isOther(name: string, value: string): Matcher {
  return { name, op: '!~', value, matches: each => each !== '' && each !== value };
}
