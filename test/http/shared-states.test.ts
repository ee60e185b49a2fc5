// Announcements and pushes of other monitors: which version counts, and what is none.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FoundState } from '../../src/ha/shared-states.js';
import { Announcements } from '../../src/http/page/announcements.js';
import { SharedAnnouncements } from '../../src/http/page/shared-announcements.js';
import { Pushes } from '../../src/http/push/pushes.js';
import { SharedPushes } from '../../src/http/push/shared-pushes.js';
import { Secret } from '../../src/model/secret.js';
import { Store } from '../../src/store/store.js';

const T0 = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const clock = { now: () => T0, elapsed: () => 0 };

let store: Store;
beforeEach(() => {
  store = new Store({ file: ':memory:', retention: DAY, log: () => {} });
});
afterEach(() => store.close());

const found = (key: string, value: unknown, age = 0): FoundState => ({ key, value, age, replica: 'b' });

describe('announcements', () => {
  const content = (title: string, endsAt?: number) => ({
    ...{ title, message: 'm', severity: 'info' as const, startsAt: undefined, endsAt },
  });
  const cases: [name: string, ours: 'posted' | 'removed' | undefined, theirs: unknown, want: string[]][] = [
    ['one that is not known', undefined, { updatedAt: T0 - 1, content: content('theirs') }, ['theirs']],
    ['a later one', 'posted', { updatedAt: T0 + 1, content: content('theirs') }, ['theirs']],
    ['an earlier one', 'posted', { updatedAt: T0 - 1, content: content('theirs') }, ['ours']],
    ['one that was removed', 'posted', { updatedAt: T0 - 1 }, []],
    ['one that was removed here', 'removed', { updatedAt: T0 + 9, content: content('theirs') }, []],
    ['one that ended long ago', undefined, { updatedAt: 1, content: content('theirs', T0 - 8 * DAY) }, []],
  ];
  test.each(cases)('%s', (_, ours, theirs, want) => {
    const announcements = new Announcements(store.states, () => []);
    const id = ours ? (announcements.post(content('ours'), T0)?.id as string) : 'x';
    if (ours === 'removed') announcements.remove(id, T0);
    const shared = new SharedAnnouncements(announcements, clock);
    expect(shared.merge([found(id, JSON.parse(JSON.stringify(theirs)))])).toEqual([]);
    expect(announcements.list(T0, true).map(({ title }) => title)).toEqual(want);
  });

  test('what one writes is what another one takes, to its removal', () => {
    const other = new Store({ file: ':memory:', retention: DAY, log: () => {} });
    const [a, b] = [store, other].map(({ states }) => new Announcements(states, () => [])) as [
      Announcements,
      Announcements,
    ];
    const [ofA, ofB] = [new SharedAnnouncements(a, clock), new SharedAnnouncements(b, clock)];
    const { id } = a.post(content('one', T0 + DAY), T0) as { id: string };
    const send = () => {
      const { value, ttl } = ofA.write(id);
      expect(ofB.merge([found(id, JSON.parse(JSON.stringify(value)))])).toEqual([]);
      expect(ofB.revisions()).toEqual(ofA.revisions());
      return ttl;
    };
    expect(send()).toBe(8 * DAY);
    expect(b.list(T0)).toEqual(a.list(T0));
    a.remove(id, T0);
    expect(send()).toBe(7 * DAY);
    expect(b.list(T0)).toEqual([]);
    other.close();
  });

  test.each([
    ['nothing', null],
    ['no time', { content: { title: 'a', message: 'b', severity: 'info' } }],
    ['another severity', { updatedAt: 1, content: { title: 'a', message: 'b', severity: 'bad' } }],
  ])('%s is none', (_, value) => {
    const announcements = new Announcements(store.states, () => []);
    const state = found('x', value);
    expect(new SharedAnnouncements(announcements, clock).merge([state])).toEqual([state]);
    expect(announcements.list(T0, true)).toEqual([]);
  });
});

describe('pushes', () => {
  function open() {
    const seen: string[] = [];
    const pushes = new Pushes({
      ...{ states: store.states, clock },
      onPush: (id, { at, report }) => seen.push(`${id} ${at - T0} ${report?.message ?? 'none yet'}`),
    });
    pushes.setServices([{ id: 'backup', token: new Secret('feedfacefeedface') }]);
    seen.length = 0;
    return { pushes, seen, shared: new SharedPushes(pushes, clock) };
  }
  const report = { status: 'up', message: 'theirs' };

  test.each<[name: string, hasOwn: boolean, state: FoundState, want: string[]]>([
    ['the first one', false, found('backup', { age: 5, revision: 'r', report }, 10), ['backup -15 theirs']],
    ['one that is later', true, found('backup', { age: -1, revision: 'r', report }), ['backup 0 theirs']],
    ['one that is earlier', true, found('backup', { age: 500, revision: 'r', report }, 1), []],
    ['one of a service that is not here', false, found('other', { age: 0, revision: 'r', report }), []],
  ])('%s', (_, hasOwn, state, want) => {
    const { pushes, seen, shared } = open();
    if (hasOwn) pushes.add('backup', { status: 'up', message: 'ours' });
    seen.length = 0;
    expect(shared.merge([state])).toEqual([]);
    expect(seen).toEqual(want);
    if (want.length === 0) return;
    // It is the same one as there, whatever the clock here says, also when it is read again and seems to be later by a second.
    expect(shared.revisions().get('backup')).toBe('r');
    seen.length = 0;
    shared.merge([{ ...state, age: state.age - 1000 }]);
    expect(seen).toEqual([]);
  });

  test.each([
    ['nothing', null],
    ['no report', { age: 0, revision: 'r' }],
    ['another status', { age: 0, revision: 'r', report: { status: 'fine', message: '' } }],
  ])('%s is none', (_, value) => {
    const { seen, shared } = open();
    const state = found('backup', value);
    expect(shared.merge([state])).toEqual([state]);
    expect(seen).toEqual([]);
  });
});
