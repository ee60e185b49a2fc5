// When somebody is to be told, after what they were told last.

import { expect, test } from 'vitest';
import { type LogEntry, needsTelling } from '../../src/notify/notification-log.js';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const entry = (firing: string, resolved: string, ago = 60_000, owed = ''): LogEntry => ({
  at: NOW - ago,
  firing: [...firing],
  resolved: [...resolved],
  ...(owed === '' ? {} : { owed: [...owed] }),
});

test.each<[string, LogEntry | undefined, string, string, boolean, boolean]>([
  ['nothing told, something fires', undefined, 'a', '', true, true],
  ['nothing told, only an end', undefined, '', 'a', true, false],
  ['the same as told', entry('a', ''), 'a', '', true, false],
  ['fewer than told', entry('ab', ''), 'a', '', true, false],
  ['another one', entry('a', ''), 'ab', '', true, true],
  ['one has ended, another fires', entry('ab', ''), 'a', 'b', true, true],
  ['one has ended, ends are not told', entry('ab', ''), 'a', 'b', false, false],
  ['one has ended, told already', entry('a', 'b'), 'a', 'b', true, false],
  ['all have ended', entry('a', ''), '', 'a', true, true],
  ['all have ended, ends are not told', entry('a', ''), '', 'a', false, true],
  ['all have ended, told already', entry('', 'a'), '', 'a', true, false],
  ['fired and ended since', entry('', 'a'), '', 'ab', true, false],
  ['fires again', entry('', 'a'), 'a', '', true, true],
  ['left out of the last message, fires', entry('b', '', 60_000, 'a'), 'ab', '', true, true],
  ['left out of the last message, still muted', entry('b', '', 60_000, 'a'), 'b', '', true, false],
  ['left out of the last message, has ended', entry('b', '', 60_000, 'a'), 'b', 'a', true, true],
  ['left out, has ended, ends are not told', entry('b', '', 60_000, 'a'), 'b', 'a', false, false],
  ['all left out, one has ended', entry('', 'b', 60_000, 'a'), '', 'a', true, true],
  ['unchanged for the repeat interval', entry('a', '', HOUR + 1), 'a', '', true, true],
  ['told two minutes ahead of a clock that was set back', entry('a', '', -120_000), 'a', '', true, false],
  ['told three days ahead of a clock that was set back', entry('a', '', -72 * HOUR), 'a', '', true, true],
  ['unchanged for not quite the repeat interval', entry('a', '', HOUR), 'a', '', true, false],
])('%s', (_, told, firing, resolved, sendResolved, want) => {
  const present = {
    firing: new Set(firing),
    resolved: new Set(resolved),
    repeatInterval: HOUR,
    sendResolved,
  };
  expect(needsTelling(told, present, NOW)).toBe(want);
});
