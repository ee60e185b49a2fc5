// Silences of several monitors: which version counts, what clocks that differ do, and what is no silence.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Matcher } from '../../../src/alertmanager/matchers/matcher.js';
import { readSharedSilence, shareSilence } from '../../../src/alertmanager/mute/shared-silence.js';
import { type Silence, Silences, silenceState } from '../../../src/alertmanager/mute/silences.js';
import { Labels } from '../../../src/model/labels.js';
import { Store } from '../../../src/store/store.js';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 1);
const ID = '2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a';

let stores: Store[];
beforeEach(() => {
  stores = [];
});
afterEach(() => {
  for (const store of stores) store.close();
});

function silences(): Silences {
  const store = new Store({ file: ':memory:', retention: 86_400_000, log: () => {} });
  stores.push(store);
  return new Silences(store.states);
}

function version(rest: Partial<Silence> = {}): Silence {
  return {
    id: ID,
    matchers: [new Matcher('target', '=', 'a')],
    startsAt: T0,
    endsAt: T0 + 60 * MINUTE,
    updatedAt: T0,
    createdBy: 'ann',
    comment: 'upgrade',
    ...rest,
  };
}

/** A silence that was ended. */
const ended = (at: number, updatedAt = at) => version({ endsAt: at, updatedAt });

describe('of two versions', () => {
  const now = T0 + 10 * MINUTE;
  const cases: [
    name: string,
    ours: Silence | undefined,
    theirs: Silence,
    counts: 'ours' | 'theirs',
    event?: string,
  ][] = [
    ['one that is not known', undefined, version(), 'theirs', 'created'],
    ['one that is not known and has ended', undefined, ended(T0 + MINUTE), 'theirs'],
    ['one that was deleted here', undefined, ended(now - 120 * 60 * MINUTE - 1), 'ours'],
    [
      'the later one',
      version(),
      version({ endsAt: T0 + 99 * MINUTE, updatedAt: T0 + 1 }),
      'theirs',
      'changed',
    ],
    ['the earlier one', version({ updatedAt: T0 + 1 }), version({ endsAt: T0 + 99 * MINUTE }), 'ours'],
    ['the same one', version(), version(), 'ours'],
    ['one that was ended', version(), ended(T0 + MINUTE), 'theirs', 'expired'],
    [
      'one that was ended by a clock that is behind',
      version({ updatedAt: T0 + 5 * MINUTE }),
      ended(T0 + 4 * MINUTE),
      'theirs',
      'expired',
    ],
    [
      'one that was made longer by a monitor that did not know its end',
      ended(T0 + 4 * MINUTE),
      version({ endsAt: T0 + 99 * MINUTE, updatedAt: T0 + 5 * MINUTE }),
      'ours',
    ],
    [
      'one that was made longer before it ran out here',
      version({ endsAt: T0 + 5 * MINUTE }),
      version({ endsAt: T0 + 99 * MINUTE, updatedAt: T0 + 4 * MINUTE }),
      'theirs',
      'changed',
    ],
    [
      'of one moment the one that ends earlier',
      version(),
      version({ endsAt: T0 + 30 * MINUTE }),
      'theirs',
      'changed',
    ],
    ['of one moment the one that ends later', version(), version({ endsAt: T0 + 90 * MINUTE }), 'ours'],
  ];
  test.each(cases)('%s', (_, ours, theirs, counts, event) => {
    const all = silences();
    if (ours) all.merge([ours], T0);
    const merged = all.merge([theirs], now);
    expect(merged.map(each => each.event)).toEqual(event ? [event] : []);
    expect(all.get(ID)).toEqual(counts === 'ours' ? ours : theirs);
  });
});

describe('a change of a silence that was made by a clock that is ahead', () => {
  const AHEAD = 30_000;
  const made = version({ startsAt: T0 + AHEAD, updatedAt: T0 + AHEAD, endsAt: T0 + 60 * MINUTE });
  const shared = JSON.parse(JSON.stringify(shareSilence(made, T0 + AHEAD)));
  test('its end counts everywhere', () => {
    const here = silences();
    here.merge([readSharedSilence(shared, T0) as Silence], T0);
    expect(here.muting(Labels.of({ target: 'a' }), T0)).toHaveLength(1);
    here.expire(ID, T0 + 1000);
    const there = silences();
    there.merge([made], T0 + AHEAD);
    const back = JSON.parse(JSON.stringify(shareSilence(here.get(ID) as Silence, T0 + 1000)));
    there.merge([readSharedSilence(back, T0 + AHEAD + 1000) as Silence], T0 + AHEAD + 1000);
    expect(silenceState(there.get(ID) as Silence, T0 + AHEAD + 1000)).toBe('expired');
    // And it does not come back from there.
    const again = JSON.parse(JSON.stringify(shareSilence(made, T0 + AHEAD + 2000)));
    here.merge([readSharedSilence(again, T0 + 2000) as Silence], T0 + 2000);
    expect(here.muting(Labels.of({ target: 'a' }), T0 + 2000)).toEqual([]);
  });

  test('a longer time counts everywhere', () => {
    const here = silences();
    here.merge([readSharedSilence(shared, T0) as Silence], T0);
    const request = { ...(here.get(ID) as Silence), endsAt: T0 + 99 * MINUTE };
    expect(here.set(request, T0 + 1000).id).toBe(ID);
    const there = silences();
    there.merge([made], T0 + AHEAD);
    there.merge([here.get(ID) as Silence], T0 + AHEAD + 1000);
    expect(there.get(ID)?.endsAt).toBe(T0 + 99 * MINUTE);
  });
});

test('what was ended by a clock that is ahead has ended', () => {
  const at = T0 + 5 * MINUTE;
  const shared = JSON.parse(JSON.stringify(shareSilence(ended(at + 30_000), at + 30_000)));
  expect(readSharedSilence(shared, at)?.endsAt).toBe(at);
});

describe('what is shared', () => {
  const whole = { ...version(), matchers: [['target', '=~', 'a|b']], isActive: false };
  test.each<[name: string, change: object | null, isSilence: boolean]>([
    ['a silence', {}, true],
    ['with keys of a newer version', { owner: 'ops', limits: { a: 1 } }, true],
    ['nothing', null, false],
    ['without an id', { id: undefined }, false],
    ['without matchers', { matchers: [] }, false],
    ['of everything', { matchers: [['target', '=~', '.*']] }, false],
    ['with a matcher that is none', { matchers: [['target', '=']] }, false],
    ['with an unknown kind of matcher', { matchers: [['target', '~', 'a']] }, false],
    ['with a label without a name', { matchers: [['', '=', 'a']] }, false],
    ['with a wrong regular expression', { matchers: [['target', '=~', '(']] }, false],
    ['with a time that is none', { endsAt: '2026-01-01' }, false],
    ['with a time that is no date', { endsAt: 1e16 }, false],
    ['without a comment', { comment: undefined }, false],
    ['without its state', { isActive: undefined }, false],
  ])('%s', (_, change, isSilence) => {
    const value = change && JSON.parse(JSON.stringify({ ...whole, ...change }));
    const read = readSharedSilence(value, T0);
    expect(read !== undefined).toBe(isSilence);
    if (read) expect(Object.keys(read).sort()).toEqual(Object.keys(version()).sort());
  });
});
