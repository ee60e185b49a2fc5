// Whether a notification is needed, after the last one.

import { describe, expect, test } from 'vitest';
import {
  type LogEntry,
  NotificationLog,
  needsUpdate,
  openAlerts,
} from '../../../src/alertmanager/pipeline/notification-log.js';
import { Store } from '../../../src/store/store.js';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const entry = (firing: string, resolved: string, ago = 60_000, owed = ''): LogEntry => ({
  at: NOW - ago,
  firing: [...firing],
  resolved: [...resolved],
  ...(owed === '' ? {} : { owed: [...owed] }),
});

test.each<[string, LogEntry | undefined, string, string, boolean, boolean]>([
  ['not notified, one fires', undefined, 'a', '', true, true],
  ['not notified, one has ended', undefined, '', 'a', true, false],
  ['the same as notified', entry('a', ''), 'a', '', true, false],
  ['fewer than notified', entry('ab', ''), 'a', '', true, false],
  ['another one', entry('a', ''), 'ab', '', true, true],
  ['one has ended, another fires', entry('ab', ''), 'a', 'b', true, true],
  ['one has ended, without send_resolved', entry('ab', ''), 'a', 'b', false, false],
  ['one has ended, notified already', entry('a', 'b'), 'a', 'b', true, false],
  ['all have ended', entry('a', ''), '', 'a', true, true],
  ['all have ended, without send_resolved', entry('a', ''), '', 'a', false, true],
  ['all have ended, notified already', entry('', 'a'), '', 'a', true, false],
  ['fired and ended since', entry('', 'a'), '', 'ab', true, false],
  ['fires again', entry('', 'a'), 'a', '', true, true],
  ['left out of the last message, fires', entry('b', '', 60_000, 'a'), 'ab', '', true, true],
  ['left out of the last message, still muted', entry('b', '', 60_000, 'a'), 'b', '', true, false],
  ['left out of the last message, has ended', entry('b', '', 60_000, 'a'), 'b', 'a', true, true],
  ['left out, has ended, without send_resolved', entry('b', '', 60_000, 'a'), 'b', 'a', false, false],
  ['all left out, one has ended', entry('', 'b', 60_000, 'a'), '', 'a', true, true],
  ['unchanged for the repeat interval', entry('a', '', HOUR + 1), 'a', '', true, true],
  ['unchanged for not quite the repeat interval', entry('a', '', HOUR), 'a', '', true, false],
])('%s', (_, last, firing, resolved, sendResolved, want) => {
  const present = {
    firing: new Set(firing),
    resolved: new Set(resolved),
    repeatInterval: HOUR,
    sendResolved,
  };
  expect(needsUpdate(last, { ...present, age: last ? Math.abs(NOW - last.at) : 0 })).toBe(want);
});

test.each<[name: string, ran: number, wall: number, isRestarted: boolean, want: number]>([
  ['after an hour', HOUR, HOUR, false, HOUR],
  ['after a clock that was set forward by days', HOUR, 72 * HOUR, false, HOUR],
  ['after a clock that was set back by days', HOUR, -72 * HOUR, false, HOUR],
  ['after a restart', 1000, 3 * HOUR, true, 3 * HOUR],
  ['after a restart with a clock that was set back', 1000, -72 * HOUR, true, 72 * HOUR],
])('the age of the last message, %s', (_, ran, wall, isRestarted, want) => {
  const store = new Store({ file: ':memory:', retention: 1e12, log: () => {} });
  const before = new NotificationLog(store.states);
  before.log('k', { at: NOW, firing: ['a'], resolved: [] }, 500);
  const log = isRestarted ? new NotificationLog(store.states) : before;
  expect(log.age('k', { at: NOW + wall, elapsed: 500 + ran })).toBe(want);
  store.close();
});

describe('a notification that was being sent when the monitor ended', () => {
  const was = (firing: string, at = NOW) => ({ at, firing: [...firing], resolved: [] });
  const rows: [name: string, last: LogEntry | undefined, sending: LogEntry, want: Partial<LogEntry>][] = [
    ['the first one', undefined, was('a'), { firing: [], owed: ['a'] }],
    ['one alert more', entry('a', ''), was('ab'), { firing: ['a'], owed: ['b'] }],
    [
      'one alert that is owed already',
      entry('a', '', 60_000, 'b'),
      was('ab'),
      { firing: ['a'], owed: ['b'] },
    ],
    ['one instead of another', entry('a', ''), was('b'), { firing: ['a'], owed: ['b'] }],
    ['a repetition', entry('a', ''), was('a'), { firing: ['a'] }],
    ['an end', entry('a', ''), was(''), { firing: ['a'] }],
  ];

  test.each(rows)('%s', (_, last, sending, want) => {
    const store = new Store({ file: ':memory:', retention: 1e12, log: () => {} });
    const before = new NotificationLog(store.states);
    if (last) before.log('k', last, 0);
    before.markPending('k', sending);
    const log = new NotificationLog(store.states);
    log.recover();
    expect(log.entry('k')).toMatchObject(want);
    expect([...log.open()].sort()).toEqual(
      [...new Set([...(last ? openAlerts(last) : []), ...sending.firing])].sort(),
    );
    // The next message succeeds.
    log.log('k', was(''), 0);
    log.recover();
    expect(log.entry('k')?.owed ?? []).toEqual([]);
    store.close();
  });

  test.each<[name: string, settle: (log: NotificationLog) => void, open: string[]]>([
    ['was delivered', log => log.log('k', was('a'), 0), ['a']],
    ['was refused', log => log.withdraw('k'), []],
  ])('recover() ignores one that %s', (_, settle, open) => {
    const store = new Store({ file: ':memory:', retention: 1e12, log: () => {} });
    const log = new NotificationLog(store.states);
    log.markPending('k', was('a'));
    settle(log);
    log.recover();
    expect([...log.open()]).toEqual(open);
    expect([...store.states.all('pending notification')]).toEqual([]);
    store.close();
  });
});
