// Silences: what they mute, how they change, when they end.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMatchers } from '../../../src/alertmanager/matchers/parse.js';
import {
  SilenceError,
  type SilenceRequest,
  Silences,
  silenceState,
} from '../../../src/alertmanager/mute/silences.js';
import { Labels } from '../../../src/model/labels.js';
import { Store } from '../../../src/store/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 1);

let folder: string;
let store: Store;
beforeEach(() => {
  folder = makeFolder('silences');
  store = openStore();
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

function openStore(): Store {
  return new Store({ file: join(folder, 'monitor.db'), retention: 86_400_000, log: () => {} });
}

function wanted(rest: Partial<SilenceRequest> = {}, matchers = 'target="a"'): SilenceRequest {
  return {
    matchers: parseMatchers(matchers),
    startsAt: T0,
    endsAt: T0 + 60 * MINUTE,
    createdBy: 'ann',
    comment: 'upgrade',
    ...rest,
  };
}

const target = (name: string) => Labels.of({ alertname: 'ServiceDown', target: name });
const refusal = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof SilenceError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('a silence', () => {
  test('mutes what it matches while it is active', () => {
    const silences = new Silences(store.states);
    const { id } = silences.set(wanted({ startsAt: T0 + MINUTE }), T0);
    const ids = (name: string, at: number) => silences.muting(target(name), at).map(each => each.id);
    expect(ids('a', T0 + MINUTE - 1)).toEqual([]);
    expect(ids('a', T0 + MINUTE)).toEqual([id]);
    expect(ids('b', T0 + MINUTE)).toEqual([]);
    expect(ids('a', T0 + 60 * MINUTE)).toEqual([]);
  });

  test('with an earlier start begins now', () => {
    const silences = new Silences(store.states);
    const { id } = silences.set(wanted({ startsAt: T0 - MINUTE }), T0);
    expect(silences.get(id)?.startsAt).toBe(T0);
  });

  test('can be made longer or shorter under its id', () => {
    const silences = new Silences(store.states);
    const { id } = silences.set(wanted(), T0);
    expect(silences.set(wanted({ id, endsAt: T0 + 5 * MINUTE }), T0 + MINUTE).id).toBe(id);
    expect(silences.all()).toHaveLength(1);
    expect(silences.get(id)).toMatchObject({ endsAt: T0 + 5 * MINUTE, updatedAt: T0 + MINUTE });
  });

  test('with other changes gets another id, and the former one expires', () => {
    const silences = new Silences(store.states);
    const { id } = silences.set(wanted(), T0);
    const other = silences.set(wanted({ id }, 'target="b"'), T0 + MINUTE).id;
    expect(other).not.toBe(id);
    const states = silences.all().map(each => [each.id, silenceState(each, T0 + MINUTE)]);
    expect(states).toEqual([
      [id, 'expired'],
      [other, 'active'],
    ]);
  });

  test('is expired at once, and only once', () => {
    const silences = new Silences(store.states);
    const { id } = silences.set(wanted(), T0);
    silences.expire(id, T0 + MINUTE);
    expect(silences.muting(target('a'), T0 + MINUTE)).toEqual([]);
    expect(refusal(() => silences.expire(id, T0 + MINUTE))).toBe(`invalid: silence ${id} already expired`);
  });

  test('that is pending is expired before it begins', () => {
    const silences = new Silences(store.states);
    const { id } = silences.set(wanted({ startsAt: T0 + MINUTE }), T0);
    silences.expire(id, T0 + 1);
    expect(silenceState(silences.get(id) as never, T0 + 2)).toBe('expired');
  });

  test('is deleted five days after its end', () => {
    const silences = new Silences(store.states);
    silences.set(wanted(), T0);
    const end = T0 + 60 * MINUTE + 120 * 60 * MINUTE;
    silences.sweep(end);
    expect(silences.all()).toHaveLength(1);
    silences.sweep(end + 1);
    expect(silences.all()).toHaveLength(0);
    expect(new Silences(openStore().states).all()).toHaveLength(0);
  });
});

test.each([
  ['no matcher', { matchers: [] }, 'invalid: invalid silence: at least one matcher required'],
  [
    'matchers that match everything',
    { matchers: parseMatchers('target=~".*"') },
    'invalid: invalid silence: at least one matcher must not match the empty string',
  ],
  ['an end before the start', { endsAt: T0 - 1 }, /end time must not be before/],
  ['an end in the past', { startsAt: T0 - 2, endsAt: T0 - 1 }, /end time can't be in the past/],
  ['an unknown id', { id: 'unknown' }, 'not_found: silence unknown not found'],
])('refused: %s', (_, rest, want) => {
  const silences = new Silences(store.states);
  expect(refusal(() => silences.set(wanted(rest), T0))).toMatch(want);
  expect(silences.all()).toEqual([]);
});

test('a silence of everything but one alert mutes everything but that', () => {
  const silences = new Silences(store.states);
  silences.set(wanted({}, 'alertname!="Watchdog"'), T0);
  const isMuted = (alertname: string) => silences.muting(Labels.of({ alertname }), T0).length > 0;
  expect([isMuted('ServiceDown'), isMuted('Watchdog')]).toEqual([true, false]);
});

test('silences survive a restart; an acknowledged silence is on disk', () => {
  const silences = new Silences(store.states);
  const { id, isKept } = silences.set(wanted({}, '{target=~"a|b", severity!="info"}'), T0);
  expect(isKept).toBe(true);
  const other = openStore();
  const again = new Silences(other.states);
  expect(again.get(id)).toEqual(silences.get(id));
  expect(again.muting(target('b'), T0 + 1)).toHaveLength(1);
  other.close();
});
