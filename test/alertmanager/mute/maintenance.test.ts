// Which services a silence puts into maintenance, and when that changes.

import { expect, test } from 'vitest';
import { parseMatchers } from '../../../src/alertmanager/matchers/parse.js';
import {
  alertLabelsOf,
  maintenanceAt,
  maintenanceChangesAt,
} from '../../../src/alertmanager/mute/maintenance.js';
import type { Silence } from '../../../src/alertmanager/mute/silences.js';

const NOW = Date.UTC(2026, 0, 15, 12);
const TOOLS = { id: 'tools', name: 'Tools Server', severity: 'critical' } as const;
const LABELS = alertLabelsOf(TOOLS, { job: 'langgraph-monitor', instance: 'm:8083' });

function silence(matchers: string, comment = 'maintenance', begin = -60, end = 60): Silence {
  const [startsAt, endsAt] = [NOW + begin * 1000, NOW + end * 1000];
  const matching = matchers.split(' ').flatMap(parseMatchers);
  return { id: matchers, matchers: matching, comment, createdBy: 'ann', startsAt, endsAt, updatedAt: NOW };
}

test.each<[name: string, silence: Silence, want: boolean]>([
  ['its own', silence('target="tools"'), true],
  ['by name', silence('name="Tools Server"'.replace(' ', '.').replace('=', '=~')), true],
  ['by severity', silence('severity="critical"'), true],
  ['by its alert', silence('alertname="ServiceDown" target="tools"'), true],
  ['by expression', silence('target=~"tools|redis"'), true],
  ['of all but another', silence('target!="redis"'), true],
  ['of this monitor', silence('instance="m:8083" target="tools"'), true],
  ['of another monitor', silence('instance="n:8083" target="tools"'), false],
  ['of another', silence('target="redis"'), false],
  ['of another of its alerts', silence('alertname="ServiceDegraded" target="tools"'), false],
  ['in capitals', silence('target="tools"', 'MAINTENANCE of the rack'), true],
  ['with a colon', silence('target="tools"', 'maintenance: disk'), true],
  ['with another word', silence('target="tools"', 'maintenances'), false],
  ['in the middle', silence('target="tools"', 'after maintenance'), false],
  ['planned', silence('target="tools"', 'maintenance', 1), false],
  ['over', silence('target="tools"', 'maintenance', -60, 0), false],
])('%s', (_, each, want) => {
  expect(maintenanceAt([each], LABELS, NOW) !== undefined).toBe(want);
});

test('of several windows the one that ends last counts', () => {
  const all = [10, 90, 30].map(end => silence('target="tools"', `maintenance ${end}`, -1, end));
  expect(maintenanceAt(all, LABELS, NOW)).toEqual({ until: NOW + 90_000, comment: 'maintenance 90' });
});

test.each<[name: string, silences: Silence[], want: number | undefined]>([
  ['none is planned', [silence('target="tools"', 'other', 10)], undefined],
  ['one ends', [silence('target="tools"', 'maintenance', -10, 20)], 20],
  [
    'one begins before another ends',
    [silence('a="b"', 'maintenance', -10, 20), silence('a="b"', 'maintenance', 5, 9)],
    5,
  ],
  ['all are over', [silence('a="b"', 'maintenance', -10, 0)], undefined],
])('the next change when %s', (_, silences, want) => {
  const at = maintenanceChangesAt(silences, NOW);
  expect(at === undefined ? undefined : (at - NOW) / 1000).toBe(want);
});
