// What was kept by the monitor before it was started again, and is not there any more: it listened elsewhere, it
// watched something else, or what it watches has another name, kind or severity. Nothing else says that these series
// have ended, and for the length of the lookback the rules would evaluate them, or fail because a service is described
// twice.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type { SampleStore } from '../../tsdb/store.js';

/** Whose the scrapes are. */
export interface Target {
  readonly job: string;
  readonly instance: string;
  /**
   * The metric that is there for everything that is watched and describes it by its labels, the label that says what it
   * is, and the one that says of which kind: what another kind has measured says nothing.
   */
  readonly watched?: { readonly metric: string; readonly label: string; readonly kind?: string };
}

/**
 * Ends series of a target at the scrape that was begun, those with a sample since a moment: all that it had under other
 * addresses, and what is not watched any more. @returns whether one was begun
 */
export function markStale(store: SampleStore, target: Target, at: Millis, since: Millis): boolean {
  const { job, instance, watched } = target;
  const elsewhere = [is('job', job), isOther('instance', instance)];
  if (!store.end(elsewhere, since)) return false;
  if (!watched) return true;
  const own = [is('job', job), is('instance', instance)];
  const seen = store.latest([is('__name__', watched.metric), ...own], since, at);
  const present = new Map<string, Labels>();
  const before: Labels[] = [];
  for (const { labels, times } of seen)
    if (times[0] === at) present.set(labels.get(watched.label), labels);
    else before.push(labels);
  // A scrape without any says nothing of what is watched. What is not there yet, the machine's state say, may still come.
  if (present.size === 0) return true;
  const gone: string[] = [];
  const over: LabelMatcher[][] = [];
  for (const labels of before) {
    const id = labels.get(watched.label);
    const now = present.get(id);
    if (!now || (watched.kind && now.get(watched.kind) !== labels.get(watched.kind))) gone.push(id);
    else for (const changed of changes(labels, now)) over.push([is(watched.label, id), changed]);
  }
  if (gone.length > 0) over.push([isOneOf(watched.label, gone)]);
  for (const matchers of over) store.end([...own, ...matchers], since);
  return true;
}

/** Labels of a description that have another value now: what was made of it has them, too. */
function changes(before: Labels, now: Labels): LabelMatcher[] {
  return before.names.flatMap((name, i) => {
    const value = before.values[i] as string;
    return now.get(name) === value ? [] : [is(name, value)];
  });
}

function is(name: string, value: string): LabelMatcher {
  return { name, op: '=', value, matches: each => each === value };
}

function isOneOf(name: string, values: readonly string[]): LabelMatcher {
  return { name, op: '=~', value: '', matches: each => values.includes(each) };
}

/** A label that is there and has another value. */
function isOther(name: string, value: string): LabelMatcher {
  return { name, op: '!~', value, matches: each => each !== '' && each !== value };
}
