// Routing of alerts: a table, and the same answers as amtool and a real Alertmanager on random trees.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Route } from '../../../src/alertmanager/config/definition.js';
import { readAlertmanagerConfig } from '../../../src/alertmanager/config/read.js';
import { groupKeyOf, groupLabelsOf, matchingRoutes } from '../../../src/alertmanager/dispatch/routes.js';
import { checkRoutes } from '../../../src/cli/routes.js';
import { Labels } from '../../../src/model/labels.js';
import { startAlertmanager } from '../../support/alertmanager.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { listen, portOf, stop } from '../../support/http.js';
import { Random } from '../../support/random.js';
import { type MadeUpLabels, madeUpConfig, madeUpLabels, written } from '../routes/trees.js';

const scratch = makeFolder('routes');
afterAll(() => removeFolder(scratch));

const routeOf = (text: string): Route => readAlertmanagerConfig('alertmanager.yml', text).route;

/** Receivers and groups of an alert. */
const reached = (root: Route, labels: Labels): string[] =>
  matchingRoutes(root, labels).map(
    route => `${route.receiver} ${groupKeyOf(route, groupLabelsOf(route, labels))}`,
  );

const TREE = `
receivers: [{name: root}, {name: a}, {name: b}, {name: c}]
route:
  receiver: root
  group_by: [n, m]
  routes:
    - receiver: a
      matchers: [a="1"]
      continue: true
      routes:
        - { matchers: [b="1"], receiver: b }
        - { matchers: [b=~"1|2"], receiver: c, group_by: ['...'] }
    - { matchers: [c!=""], continue: true, group_by: [] }
    - { match: {d: x}, match_re: {e: y|z}, matchers: [a!="2"], receiver: c }
    - { matchers: [d="x"], receiver: b }
`;

describe('the routes that match an alert, and its group on each', () => {
  test.each<[labels: MadeUpLabels, want: string[]]>([
    [{}, ['root {}:{}']],
    [{ n: 'x', o: 'y' }, ['root {}:{n="x"}']],
    [{ a: '1' }, ['a {}/{a="1"}:{}']],
    [{ a: '1', b: '1', n: 'x' }, ['b {}/{a="1"}/{b="1"}:{n="x"}']],
    [{ a: '1', b: '2' }, ['c {}/{a="1"}/{b=~"1|2"}:{a="1", b="2"}']],
    [{ a: '1', c: 'x' }, ['a {}/{a="1"}:{}', 'root {}/{c!=""}:{}']],
    [{ a: '1', d: 'x', m: '"' }, ['a {}/{a="1"}:{m="\\""}', 'b {}/{d="x"}:{m="\\""}']],
    [{ d: 'x', e: 'y', n: 'ä\n' }, ['c {}/{a!="2",d="x",e=~"^(?:y|z)$"}:{n="ä\\n"}']],
    [{ d: 'x', e: 'y', a: '2' }, ['b {}/{d="x"}:{}']],
  ])('%j', (labels, want) => {
    expect(reached(routeOf(TREE), Labels.of(labels))).toEqual(want);
  });
});

test('routes inherit the settings they do not have', () => {
  const text = `
receivers: [{name: r}, {name: s}]
time_intervals: [{name: t, time_intervals: [{}]}]
route:
  receiver: r
  group_interval: 1m
  routes:
    - receiver: s
      group_by: [a]
      repeat_interval: 1h
      mute_time_intervals: [t]
      continue: true
      routes: [{ group_wait: 0s, group_by: [] }]
`;
  const root = routeOf(text);
  const times = { groupWait: 30_000, groupInterval: 60_000, repeatInterval: 4 * 3_600_000 };
  expect(root).toMatchObject({ key: '{}', receiver: 'r', groupBy: [], continues: false, ...times });
  const child = { receiver: 's', groupBy: ['a'], ...times, repeatInterval: 3_600_000 };
  expect(root.routes[0]).toMatchObject({ ...child, continues: true, muteTimeIntervals: ['t'] });
  // Time intervals are not inherited.
  const grandchild = { ...child, groupWait: 0, continues: false, muteTimeIntervals: [] };
  expect(root.routes[0]?.routes[0]).toMatchObject(grandchild);
});

/** The output and exit code of check-routes. */
function checked(args: readonly string[]): { status: number; stdout: string } {
  const out: string[] = [];
  const status = checkRoutes(args, { out: line => out.push(`${line}\n`), err: () => {} });
  return { status, stdout: out.join('') };
}

function amtool(args: readonly string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync('amtool', ['config', 'routes', ...args], { encoding: 'utf8' });
  return { status, stdout };
}

describe('amtool prints the same, letter by letter', () => {
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))('tree %i', seed => {
    const random = new Random(seed);
    const file = join(scratch, `${seed}.yml`);
    writeFileSync(file, JSON.stringify(madeUpConfig(random)));
    const flag = `--config.file=${file}`;
    expect(checked(['show', flag])).toEqual(amtool(['show', flag]));
    expect(checked([flag])).toEqual(amtool(['test', flag]));
    expect(checked(['test', flag, '--tree'])).toEqual(amtool(['test', flag, '--tree']));
    for (let i = 0; i < 20; i++) {
      const labels = Object.entries(madeUpLabels(random)).map(([name, value]) => `${name}=${written(value)}`);
      const args = [flag, '--tree', `--verify.receivers=${random.pick(['r0', 'r1', 'r1,r2'])}`, ...labels];
      expect(checked(args)).toEqual(amtool(['test', ...args]));
    }
  });
});

test('a real Alertmanager has the same groups', async () => {
  const notified = new Set<string>();
  const server = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { receiver, groupKey } = JSON.parse(body) as { receiver: string; groupKey: string };
    notified.add(`${receiver} ${groupKey}`);
    response.end();
  });
  const random = new Random(4711);
  const url = `http://127.0.0.1:${portOf(server)}/`;
  const written = madeUpConfig(random, { webhook_configs: [{ url }] });
  const alerts = Array.from({ length: 200 }, () => ({ always: 'there', ...madeUpLabels(random) }));
  const { route } = readAlertmanagerConfig(
    'alertmanager.yml',
    JSON.stringify({ ...written, receivers: receiversWithout(written) }),
  );
  const wanted = new Set(alerts.flatMap(labels => reached(route, Labels.of(labels))));
  expect(wanted.size).toBeGreaterThan(20);
  const alertmanager = await startAlertmanager(JSON.stringify(written));
  try {
    await alertmanager.post(
      'alerts',
      alerts.map(labels => ({ labels })),
    );
    await vi.waitFor(() => expect(notified.size).toBeGreaterThanOrEqual(wanted.size), { timeout: 60_000 });
    expect([...notified].sort()).toEqual([...wanted].sort());
  } finally {
    await alertmanager.close();
    await stop(server);
  }
});

/** The receivers of a configuration, by name only. */
function receiversWithout(config: object): object[] {
  const { receivers } = config as { receivers: { name: string }[] };
  return receivers.map(({ name }) => ({ name }));
}
