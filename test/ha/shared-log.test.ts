// What another monitor put into Redis, whole or not.

import { expect, test } from 'vitest';
import { NotificationLog } from '../../src/alertmanager/pipeline/notification-log.js';
import { SharedLog } from '../../src/ha/shared-log.js';
import { systemClock } from '../../src/model/time.js';
import { Store } from '../../src/store/store.js';

const WHOLE = { version: 1, by: 'other', age: 0, entry: { firing: ['a'], resolved: [] } };

test.each<[name: string, text: string, said: string[], firing: string[] | undefined]>([
  ['an entry', JSON.stringify(WHOLE), [], ['a']],
  ['an entry without a message yet', JSON.stringify({ ...WHOLE, entry: undefined }), [], undefined],
  [
    'an entry with keys of a newer version',
    JSON.stringify({ ...WHOLE, zone: 'b', entry: { ...WHOLE.entry, muted: ['c'], by: { name: 'x' } } }),
    [],
    ['a'],
  ],
  ['of another version', JSON.stringify({ ...WHOLE, version: 2 }), ['version 2'], undefined],
  ['nothing', 'null', ['damaged k'], undefined],
  ['no JSON', '{', ['damaged k'], undefined],
  ['no alerts', JSON.stringify({ ...WHOLE, entry: {} }), ['damaged k'], undefined],
  [
    'alerts that are no texts',
    JSON.stringify({ ...WHOLE, entry: { firing: [1], resolved: [] } }),
    ['damaged k'],
    undefined,
  ],
  ['an entry that is null', JSON.stringify({ ...WHOLE, entry: null }), ['damaged k'], undefined],
  ['no age', JSON.stringify({ ...WHOLE, age: 'old' }), ['damaged k'], undefined],
])('%s', (_, text, want, firing) => {
  const store = new Store({ file: ':memory:', retention: 1e12, log: () => {} });
  const log = new NotificationLog(store.states);
  const said: string[] = [];
  const shared = new SharedLog({
    ...{ log, id: 'own', clock: systemClock },
    onForeignVersion: version => said.push(`version ${version}`),
    onDamaged: key => said.push(`damaged ${key}`),
  });
  shared.merge({ id: 'x', last: 1, found: [{ key: 'k', number: 1, age: 0, text }] });
  expect(said).toEqual(want);
  expect(log.entry('k')?.firing).toEqual(firing);
  // What cannot be read keeps no monitor from sending.
  expect(shared.isCaughtUp).toBe(true);
  store.close();
});

test.each<[name: string, id: string, last: number, isLost: boolean]>([
  ['the same entries', 'x', 3, false],
  ['fewer entries than were read', 'x', 1, true],
  ['as many other entries', 'y', 3, true],
])('a Redis that has %s', (_, id, last, isLost) => {
  const store = new Store({ file: ':memory:', retention: 1e12, log: () => {} });
  const shared = new SharedLog({
    ...{ log: new NotificationLog(store.states), id: 'own', clock: systemClock },
    ...{ onForeignVersion: () => {}, onDamaged: () => {} },
  });
  shared.merge({ id: 'x', last: 3, found: [{ key: 'k', number: 3, age: 0, text: JSON.stringify(WHOLE) }] });
  expect([shared.since, shared.isCaughtUp, shared.id]).toEqual([3, true, 'x']);
  shared.merge({ id, last, found: [] });
  // All is read again, and what is there no more is put again after that.
  expect([shared.since, shared.isCaughtUp, shared.id]).toEqual(isLost ? [0, false, id] : [3, true, id]);
  shared.merge({ id, last, found: [{ key: 'other', number: last, age: 0, text: JSON.stringify(WHOLE) }] });
  expect([shared.isCaughtUp, shared.isUnput('k')]).toEqual([true, isLost]);
  store.close();
});
