// When the checks of a service began to fail, from the results of checks one second apart.

import { expect, test } from 'vitest';
import { FirstFailures } from '../../src/cluster/first-failures.js';
import type { Level, Status } from '../../src/model/result.js';
import { Store } from '../../src/store/store.js';
import { result } from './results.js';

const HOUR = 3_600_000;
const openStore = () => new Store({ file: ':memory:', retention: HOUR, log: () => {} });

/** `down/error`: what is believed and what the check found. */
function feed(failures: FirstFailures, checks: string, from = 1): Level {
  let level: Level = 'unknown';
  for (const [i, check] of checks.split(' ').entries()) {
    const [believed, status] = check.split('/');
    level = believed as Level;
    failures.add(result('tools', { at: from + i, status: status as Status, level }));
  }
  return level;
}

test.each<[name: string, checks: string, first: number | undefined]>([
  ['a service that is up', 'up/healthy', undefined],
  ['one failed check that is not confirmed', 'up/healthy up/error', undefined],
  ['an outage', 'up/healthy up/error down/error down/error', 2],
  ['an outage of several kinds', 'up/healthy up/timeout down/unhealthy down/error', 2],
  ['a single failure before it', 'up/error up/healthy up/error down/error', 3],
  ['a single success in it', 'up/error down/error down/healthy down/error', 1],
  ['down from the start', 'unknown/error down/error', 1],
  ['slow', 'up/healthy up/degraded slow/degraded slow/healthy', 2],
  ['slow before it was down', 'up/degraded slow/degraded slow/error down/error', 3],
  ['slow after it was down', 'up/error down/error down/degraded slow/degraded', 1],
  ['a second outage', 'up/error down/error down/healthy up/healthy up/error down/error', 5],
])('%s', (_, checks, first) => {
  const store = openStore();
  const failures = new FirstFailures(store.states, undefined, 0);
  expect(failures.of('tools', feed(failures, checks))).toBe(first);
  store.close();
});

test.each<[name: string, seenUntil: number | undefined, checks: string, first: number | undefined]>([
  ['a restart', 2, 'unknown/error down/error', 1],
  ['a restart during which it recovered', 2, 'up/healthy up/error down/error', HOUR + 1],
  ['an absence of more than an hour', 1, 'unknown/error down/error', HOUR],
  ['a file without scans', undefined, 'unknown/error down/error', HOUR],
])('%s', (_, seenUntil, checks, first) => {
  const store = openStore();
  const before = new FirstFailures(store.states, undefined, 0);
  feed(before, 'up/error');
  before.flush();
  const now = HOUR + (seenUntil === 1 ? 2 : 0);
  const after = new FirstFailures(store.states, seenUntil, now);
  expect(after.of('tools', feed(after, checks, HOUR))).toBe(first);
  store.close();
});

test('a service that is checked no more is forgotten, also on disk', () => {
  const store = openStore();
  const failures = new FirstFailures(store.states, undefined, 0);
  const level = feed(failures, 'up/error down/error');
  failures.flush();
  failures.remove('tools');
  failures.flush();
  expect([failures.of('tools', level), store.states.all('first-failure').size]).toEqual([undefined, 0]);
  store.close();
});
