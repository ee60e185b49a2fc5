// The store of alerts, over time and over restarts.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AlertStore, type IncomingAlert, isResolved } from '../../src/alertmanager/alert-store.js';
import { Labels } from '../../src/model/labels.js';
import { Store } from '../../src/store/store.js';
import { makeFolder, removeFolder } from '../support/child.js';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 1);

let folder: string;
let store: Store;
let happened: string[];

beforeEach(() => {
  folder = makeFolder('alerts');
  happened = [];
  store = openStore();
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

function openStore(): Store {
  return new Store({ file: join(folder, 'monitor.db'), retention: 86_400_000, log: () => {} });
}

function openTable(at = T0): AlertStore {
  const note = (what: string) => (alert: { labels: Labels }) =>
    happened.push(`${what} ${alert.labels.get('target')}`);
  return new AlertStore(
    store.states,
    { onAlert: note('updated'), onFiring: note('begins'), onResolved: note('ends'), onMoved: note('moves') },
    at,
  );
}

function alert(target: string, rest: Partial<IncomingAlert> = {}): IncomingAlert {
  const labels = Labels.of({ alertname: 'ServiceDown', target });
  return { labels, annotations: { summary: 'down' }, generatorUrl: '', ...rest };
}

const states = (table: AlertStore, at: number) =>
  [...table.all()].map(each => `${each.labels.get('target')} ${isResolved(each, at) ? 'over' : 'fires'}`);

describe('an alert', () => {
  test('begins once however often it is sent, and ends when it is sent as resolved', () => {
    const table = openTable();
    table.upsert([alert('a')], T0);
    table.upsert([alert('a')], T0 + MINUTE);
    table.upsert([alert('a', { endsAt: T0 + 2 * MINUTE })], T0 + 2 * MINUTE);
    expect(happened).toEqual(['begins a', 'updated a', 'updated a', 'updated a', 'ends a']);
    expect(states(table, T0 + 2 * MINUTE)).toEqual(['a over']);
  });

  test('that is sent no more ends after resolve_timeout', () => {
    const table = openTable();
    table.upsert([alert('a')], T0);
    table.sweep(T0 + 5 * MINUTE - 1, () => false);
    expect(happened).toEqual(['begins a', 'updated a']);
    table.sweep(T0 + 5 * MINUTE, () => false);
    expect(happened).toEqual(['begins a', 'updated a', 'ends a']);
  });

  test('keeps its earliest beginning', () => {
    const table = openTable();
    table.upsert([alert('a', { startsAt: T0 - MINUTE })], T0);
    table.upsert([alert('a', { startsAt: T0 })], T0 + MINUTE);
    expect([...table.all()].map(({ startsAt }) => startsAt)).toEqual([T0 - MINUTE]);
  });

  test('that is sent again after its end begins again', () => {
    const table = openTable();
    table.upsert([alert('a', { startsAt: T0 })], T0);
    table.upsert([alert('a', { startsAt: T0, endsAt: T0 + 1 })], T0 + 1);
    table.upsert([alert('a', { startsAt: T0 + MINUTE })], T0 + MINUTE);
    expect(happened.filter(each => each !== 'updated a')).toEqual(['begins a', 'ends a', 'begins a']);
    expect([...table.all()].map(({ startsAt }) => startsAt)).toEqual([T0 + MINUTE]);
  });

  test('that is sent as resolved only is ignored', () => {
    const table = openTable();
    table.upsert([alert('a', { endsAt: T0 - 1 })], T0);
    expect(happened).toEqual([]);
    expect(table.size).toBe(0);
  });

  test('that is resolved is deleted half an hour later, unless its resolution is still to be sent', () => {
    const table = openTable();
    table.upsert([alert('a'), alert('b')], T0);
    table.sweep(T0 + 5 * MINUTE, () => false);
    table.sweep(T0 + 36 * MINUTE, fingerprint => table.get(fingerprint)?.labels.get('target') === 'b');
    expect(states(table, T0 + 36 * MINUTE)).toEqual(['b over']);
  });
});

describe('after a restart', () => {
  test('firing alerts are there, unconfirmed, for as long as their rule may take to send them again', () => {
    openTable().upsert([alert('a', { endsAt: T0 + MINUTE }), alert('b')], T0);
    const later = T0 + 60 * MINUTE;
    const table = openTable(later);
    expect([...table.all()].map(each => each.isUnconfirmed)).toEqual([true, true]);
    happened = [];
    table.upsert([alert('a', { endsAt: later + MINUTE })], later + 1000);
    // Updated, but it had begun before.
    expect(happened).toEqual(['updated a']);
    const [a] = [...table.all()];
    expect(a).toMatchObject({ startsAt: T0, endsAt: later + MINUTE, isUnconfirmed: false });
    table.sweep(later + 4 * MINUTE, () => false);
    expect(happened).toEqual(['updated a', 'ends a', 'ends b']);
  });

  test('resolved alerts stay resolved', () => {
    const before = openTable();
    before.upsert([alert('a')], T0);
    before.upsert([alert('a', { endsAt: T0 + 1 })], T0 + 1);
    expect(states(openTable(T0 + MINUTE), T0 + MINUTE)).toEqual(['a over']);
  });

  test('all alerts are there after a kill: an accepted alert is on disk', () => {
    const isKept = openTable().upsert([alert('a')], T0);
    expect(isKept).toBe(true);
    // Another process reads the same file.
    const other = openStore();
    expect([...other.states.all('alert').keys()]).toHaveLength(1);
    other.close();
  });
});

describe('when the clock is set forward, or the process was stopped', () => {
  const later = T0 + 120 * MINUTE;

  test('firing alerts stay until their sender had time to send them again', () => {
    const table = openTable();
    table.upsert([alert('a', { endsAt: T0 + 4 * MINUTE }), alert('b')], T0);
    table.advanceTo(T0 + 5000);
    table.advanceTo(later);
    table.sweep(later, () => false);
    expect(states(table, later)).toEqual(['a fires', 'b fires']);
    expect([...table.all()].map(each => each.isUnconfirmed)).toEqual([true, true]);
    table.upsert([alert('a', { startsAt: T0, endsAt: later + 10 * MINUTE })], later + 1000);
    table.advanceTo(later + 5000);
    table.sweep(later + 4 * MINUTE, () => false);
    // Begun and ended once: the clock's change is no end.
    expect(happened.filter(each => !each.startsWith('updated'))).toEqual(['begins a', 'begins b', 'ends b']);
    expect(states(table, later + 4 * MINUTE)).toEqual(['a fires', 'b over']);
  });

  test('an alert that had ended before is resolved', () => {
    const table = openTable();
    table.upsert([alert('a'), alert('b', { endsAt: T0 + 1000 })], T0);
    table.upsert([alert('a', { endsAt: T0 + 1000 })], T0 + 1000);
    // The end of b was not noticed yet.
    table.advanceTo(T0 + 2000);
    table.advanceTo(later);
    expect(states(table, later)).toEqual(['a over', 'b over']);
  });

  test('an alert with a later endsAt needs no confirmation', () => {
    const table = openTable();
    table.upsert([alert('a', { endsAt: later + 60 * MINUTE, isForeign: true })], T0);
    table.advanceTo(later);
    expect([...table.all()]).toMatchObject([{ isUnconfirmed: false, endsAt: later + 60 * MINUTE }]);
  });

  test('a clock that advances evenly changes nothing', () => {
    const table = openTable();
    table.upsert([alert('a', { endsAt: T0 + 4 * MINUTE })], T0);
    for (const at of [T0 + 20_000, T0 + 40_000]) table.advanceTo(at);
    expect([...table.all()]).toMatchObject([{ isUnconfirmed: false, endsAt: T0 + 4 * MINUTE }]);
  });
});

describe('the clock is set back', () => {
  const DAY = 24 * 60 * MINUTE;

  test.each([
    ['two minutes', 2 * MINUTE],
    ['an hour', 60 * MINUTE],
    ['three days', 3 * DAY],
  ])('by %s: resolved alerts stay resolved, also after a restart', (_, span) => {
    const table = openTable();
    table.upsert([alert('a')], T0);
    table.upsert([alert('a', { endsAt: T0 + 1 })], T0 + 1);
    table.advanceTo(T0 + 1000);
    const at = T0 + 1000 - span;
    table.advanceTo(at);
    expect([states(table, at), states(openTable(at), at)]).toEqual([['a over'], ['a over']]);
    expect(happened).toEqual(['begins a', 'updated a', 'updated a', 'ends a', 'moves a']);
    expect([...table.all()].map(({ startsAt, endsAt }) => [startsAt, endsAt])).toEqual([[at, at]]);
  });

  test.each<[name: string, alert: Partial<IncomingAlert>, endsIn: number]>([
    ['of our own rules', { endsAt: T0 + 4 * MINUTE }, 4 * MINUTE],
    ['of others who did not say how long', { isForeign: true }, 5 * MINUTE],
    ['of others who said how long: until then', { isForeign: true, endsAt: T0 + 4 * MINUTE }, 64 * MINUTE],
  ])('an alert %s lasts no longer than before', (_, rest, endsIn) => {
    const table = openTable();
    table.upsert([alert('a', rest)], T0);
    const at = T0 - 60 * MINUTE;
    table.advanceTo(at);
    table.sweep(at + endsIn - 1, () => false);
    expect(states(table, at + endsIn - 1)).toEqual(['a fires']);
    table.sweep(at + endsIn, () => false);
    expect(states(table, at + endsIn)).toEqual(['a over']);
  });

  test('and the alert is sent again: it stays', () => {
    const table = openTable();
    table.upsert([alert('a', { startsAt: T0, endsAt: T0 + 4 * MINUTE })], T0);
    const at = T0 - 60 * MINUTE;
    table.advanceTo(at);
    happened = [];
    table.upsert([alert('a', { startsAt: at, endsAt: at + 4 * MINUTE })], at);
    table.upsert([alert('a', { startsAt: at, endsAt: at + 1000 })], at + 1000);
    expect(happened).toEqual(['updated a', 'updated a', 'ends a']);
  });
});

test('an alert of an earlier run stays while its rule cannot confirm it, and no other does', () => {
  const first = openTable();
  const named = (alertname: string) => ({
    ...alert(alertname),
    labels: Labels.of({ alertname, target: alertname }),
  });
  first.upsert([named('Slow'), named('Gone'), { ...named('Slow2'), isForeign: true }], T0);
  const table = openTable(T0 + MINUTE);
  for (let minute = 2; minute <= 12; minute++) {
    table.extend(new Set(['Slow', 'Slow2']), T0 + minute * MINUTE);
    table.sweep(T0 + minute * MINUTE, () => false);
  }
  expect(states(table, T0 + 12 * MINUTE)).toEqual(['Slow fires', 'Gone over', 'Slow2 over']);
});
