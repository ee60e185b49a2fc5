// Who changed what: in order, bounded, over restarts.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import { AuditTrail } from '../../src/alerts/audit-trail.js';
import { Store } from '../../src/store/store.js';
import { openWorld } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder('audit');
});
afterEach(() => removeFolder(folder));

const openStore = () => new Store({ file: join(folder, 'monitor.db'), retention: 86_400_000, log: () => {} });
const reloadedBy = (by: string, at: number) =>
  ({ at, event: 'configuration reloaded', by, details: { file: 'monitor.yml' } }) as const;

test('the newest first, also those of one moment, and over a restart', () => {
  const store = openStore();
  const trail = new AuditTrail(store.states);
  trail.add(reloadedBy('a', 1000));
  trail.add(reloadedBy('b', 1000));
  trail.add(reloadedBy('c', 2000));
  store.close();
  const reopened = openStore();
  const again = new AuditTrail(reopened.states);
  expect(again.latest(10).map(({ by }) => by)).toEqual(['c', 'b', 'a']);
  expect(again.latest(1)).toEqual([reloadedBy('c', 2000)]);
  reopened.close();
});

test('a thousand are kept', () => {
  const store = openStore();
  const trail = new AuditTrail(store.states);
  for (let i = 0; i < 1005; i++) trail.add(reloadedBy(String(i), 1000 + i));
  expect(trail.size).toBe(1000);
  expect(trail.latest(1000).at(-1)?.by).toBe('5');
  store.close();
});

test('silences made, changed, replaced and ended', async () => {
  const world = await openWorld({ folder });
  try {
    const { silences, audit } = world.alerting;
    const now = Date.now();
    const wanted = (matchers: string, endsAt: number, id?: string) => ({
      ...{ id, matchers: parseMatchers(matchers), startsAt: now, endsAt, createdBy: 'ann', comment: 'disk' },
    });
    const { id } = silences.set(wanted('a="b"', now + 60_000), now, 'ann (127.0.0.1)');
    silences.set(wanted('a="b"', now + 90_000, id), now + 1, 'bob (127.0.0.1)');
    const other = silences.set(wanted('a="c"', now + 90_000, id), now + 2, 'bob (127.0.0.1)').id;
    silences.expire(other, now + 3, '127.0.0.1');
    const lines = audit
      .latest(10)
      .map(({ event, by, details }) => `${by}: ${event} ${details.matchers} of ${details.created_by}`);
    expect(lines.reverse()).toEqual([
      'ann (127.0.0.1): silence created {a="b"} of ann',
      'bob (127.0.0.1): silence changed {a="b"} of ann',
      'bob (127.0.0.1): silence expired {a="b"} of ann',
      'bob (127.0.0.1): silence created {a="c"} of ann',
      '127.0.0.1: silence expired {a="c"} of ann',
    ]);
    expect(world.logged.filter(([, message]) => message.startsWith('Silence')).length).toBe(5);
  } finally {
    await world.close();
  }
});
