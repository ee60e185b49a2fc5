// Two monitors of which one does not reach a service, with the shipped rules; and two monitors with a cluster of real Alertmanagers.

import { afterEach, expect, test, vi } from 'vitest';
import {
  type AlertmanagerServer,
  CLUSTER_GROUP_INTERVAL,
  flushes,
  startAlertmanager,
} from '../support/alertmanager.js';
import { freePort } from '../support/child.js';
import { Cable, type Name, TwoMonitors } from '../support/two-monitors.js';

const PATIENCE = { timeout: 100_000, interval: 100 };
vi.setConfig({ testTimeout: 240_000 });

let two: TwoMonitors | undefined;
const cables: Cable[] = [];
const alertmanagers: AlertmanagerServer[] = [];
afterEach(async () => {
  await two?.close();
  two = undefined;
  for (const cable of cables.splice(0)) cable.close();
  await Promise.all(alertmanagers.splice(0).map(each => each.close()));
});

interface Health {
  readonly overall_status: string;
  readonly alerts: readonly string[];
}

const isAboutServices = (line: string) => !/Heartbeat|monitor at|several monitors/i.test(line);

async function seen(pair: TwoMonitors, name: Name): Promise<Health> {
  const { overall_status, alerts } = await pair.get(name).json<Health>('/cluster_health');
  return { overall_status, alerts: alerts.filter(isAboutServices) };
}

function both(pair: TwoMonitors, want: Health): Promise<void> {
  return vi.waitFor(async () => {
    expect({ a: await seen(pair, 'a'), b: await seen(pair, 'b') }).toEqual({ a: want, b: want });
  }, PATIENCE);
}

/** Both run, and each has a way of its own to the service. */
async function watching(): Promise<{ pair: TwoMonitors; ways: Record<Name, Cable> }> {
  let port = 0;
  const ways = { a: await Cable.to(() => port), b: await Cable.to(() => port) };
  cables.push(ways.a, ways.b);
  two = await TwoMonitors.open({
    hasShippedRules: true,
    serviceUrl: name => `http://127.0.0.1:${ways[name].port}/`,
  });
  port = Number(new URL(two.services[0]?.url as string).port);
  await two.start('a', 'b');
  await both(two, { overall_status: 'healthy', alerts: [] });
  return { pair: two, ways };
}

test('a service that one of two reaches is degraded at both, and one that neither reaches is down', async () => {
  const { pair, ways } = await watching();
  ways.b.cut();
  await both(pair, {
    overall_status: 'degraded',
    alerts: ['WARNING: s0 is degraded: seen from a, not from b'],
  });
  for (const name of ['a', 'b'] as const) {
    const series = (from: Name) => `langgraph_monitor_replica_service_up{target="s0",seen_from="${from}"}`;
    expect([await pair.get(name).metric(series('a')), await pair.get(name).metric(series('b'))]).toEqual([
      1, 0,
    ]);
  }
  ways.a.cut();
  await vi.waitFor(async () => {
    for (const name of ['a', 'b'] as const) {
      const { overall_status, alerts } = await seen(pair, name);
      expect(overall_status).toBe('unhealthy');
      expect(alerts).toEqual([expect.stringMatching(/^CRITICAL: s0 is timeout/)]);
    }
  }, PATIENCE);
});

test('what a peer that is gone saw does not count', async () => {
  const { pair, ways } = await watching();
  ways.b.cut();
  await both(pair, { overall_status: 'degraded', alerts: [] });
  await pair.get('b').kill();
  await vi.waitFor(async () => {
    const { overall_status, alerts } = await pair.get('a').json<Health>('/cluster_health');
    expect(overall_status).toBe('healthy');
    expect(alerts).toEqual([
      expect.stringMatching(/^WARNING: http:.* of ha\.peers does not answer this monitor/),
    ]);
  }, PATIENCE);
});

test('with a cluster of real Alertmanagers the alerts of both are one, and a notification comes once', async () => {
  two = await TwoMonitors.open({});
  const pair = two;
  const configuration = `route: { receiver: ops, group_by: [target], group_wait: 1s, group_interval: ${CLUSTER_GROUP_INTERVAL}, repeat_interval: 1h }
receivers: [{ name: ops, webhook_configs: [{ url: "${pair.receiver.url}/" }] }]
`;
  const gossip = await freePort();
  const flags = ['--cluster.settle-timeout=1s', '--log.level=debug'];
  const first = [...flags, `--cluster.listen-address=127.0.0.1:${gossip}`];
  const second = [
    ...flags,
    `--cluster.listen-address=127.0.0.1:${await freePort()}`,
    `--cluster.peer=127.0.0.1:${gossip}`,
  ];
  for (const member of [first, second])
    alertmanagers.push(await startAlertmanager(configuration, undefined, member));
  await vi.waitFor(async () => {
    const { cluster } = await (alertmanagers[0] as AlertmanagerServer).get<{ cluster: { peers: object[] } }>(
      'status',
    );
    expect(cluster.peers).toHaveLength(2);
  }, PATIENCE);
  pair.alertmanagers(alertmanagers.map(({ url }) => url));
  await pair.start('a', 'b');
  pair.set(0, false);
  await vi.waitFor(async () => {
    for (const alertmanager of alertmanagers) {
      const alerts = await alertmanager.get<{ labels: object; receivers: object[] }[]>('alerts');
      expect(alerts.map(({ labels }) => labels)).toEqual([
        { alertname: 'Down', job: 'langgraph-monitor', severity: 'critical', target: 's0' },
      ]);
    }
    expect(pair.about(0)).toEqual(['firing']);
    // Both monitors have sent it.
    for (const name of ['a', 'b'] as const)
      for (const { url } of alertmanagers)
        expect(
          await pair
            .get(name)
            .metric(`prometheus_notifications_sent_total{alertmanager="${url}/api/v2/alerts"}`),
        ).toBeGreaterThan(0);
  }, PATIENCE);
  pair.set(0, true);
  await vi.waitFor(() => expect(pair.about(0)).toEqual(['firing', 'resolved']), PATIENCE);
  // The second time begins after the first, in which one of them waits for the other.
  await vi.waitFor(() => {
    for (const { log } of alertmanagers)
      expect(flushes(log, { alertname: 'Down', target: 's0' }, 'resolved')).toBeGreaterThan(1);
  }, PATIENCE);
  expect(pair.about(0)).toEqual(['firing', 'resolved']);
});
