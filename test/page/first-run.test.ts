// What a monitor that was just installed says to do next, and that the lines it gives are right.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Hurdle, hurdleOf, SERVICES } from '../../src/page/first-run.js';
import type { ClusterHealth, Status } from '../../src/page/state.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { runToEnd } from '../support/monitor.js';

function health(states: readonly Status[], uptime: number, rules?: string): ClusterHealth {
  const entries = states.map((status, i) => [`s${i}`, { name: 'S', critical: true, health: { status } }]);
  return {
    timestamp: '2024-01-15T10:30:45.123456',
    overall_status: 'healthy',
    services: Object.fromEntries(entries),
    cluster_stats: { local_node: {}, total_services: states.length, monitoring_uptime: uptime },
    alerts: [],
    rules,
  };
}

test.each<[states: Status[], uptime: number, rules: string | undefined, want: Hurdle | undefined]>([
  [[], 5, undefined, undefined],
  [['unknown', 'unknown'], 5, undefined, undefined],
  [['unknown', 'unknown'], 90, undefined, 'no checks'],
  [['error', 'timeout', 'unknown'], 90, undefined, 'no answers'],
  [['error', 'error'], 7200, undefined, undefined],
  [['error', 'unhealthy'], 90, undefined, undefined],
  [['error', 'healthy'], 90, undefined, undefined],
  [['healthy'], 90, 'there is no rule', 'no rules'],
  [['healthy'], 90, undefined, undefined],
])('with %j after %d s and rules %j', (states, uptime, rules, want) => {
  expect(hurdleOf(health(states, uptime, rules))).toBe(want);
});

test('the lines to paste pass check-config', async () => {
  const folder = makeFolder('first-run');
  const file = join(folder, 'pasted.yml');
  writeFileSync(file, SERVICES);
  expect(await runToEnd(['check-config', file])).toMatchObject({ code: 0 });
  removeFolder(folder);
});
