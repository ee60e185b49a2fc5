// `alert_relabel_configs`: a real Prometheus and the monitor with the same steps send the same alerts to a real Alertmanager; the
// embedded Alertmanager has them with the same labels, and a reload puts other steps in force.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';
import { startPrometheus } from '../support/prometheus.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
/** An alert that begins before the Alertmanager has been discovered is sent again a second later instead of a minute. */
const RESEND = ['--rules.alert.resend-delay=1s'];
const GLOBAL = { external_labels: { cluster: 'lab', replica: 'a' } };
const rule = (alert: string, labels: object = {}) => ({
  alert,
  expr: 'vector(1)',
  labels: { severity: 'warning', ...labels },
});
const RULES = {
  groups: [
    {
      name: 'a',
      rules: [
        { record: 'langgraph:cluster_status', expr: 'vector(2)' },
        rule('Kept', { instance: '127.0.0.1:1', pod: 'web-12' }),
        rule('Also', { instance: '127.0.0.1:2', team: 'models' }),
        rule('Dropped', { noise: 'yes' }),
      ],
    },
  ],
};
const STEPS = [
  { action: 'labeldrop', regex: 'replica|instance' },
  { action: 'drop', source_labels: ['noise'], regex: 'yes' },
  {
    source_labels: ['pod'],
    regex: '(?P<name>[a-z]+)-(\\d+)',
    target_label: 'app',
    replacement: `$${'{name}'}`,
  },
  { source_labels: ['cluster', 'alertname'], separator: '/', target_label: 'where' },
  { action: 'lowercase', source_labels: ['alertname'], target_label: 'small' },
  { action: 'hashmod', source_labels: ['alertname'], modulus: 7, target_label: 'shard' },
];
const WANT = [
  {
    alertname: 'Also',
    cluster: 'lab',
    severity: 'warning',
    shard: '4',
    small: 'also',
    team: 'models',
    where: 'lab/Also',
  },
  {
    ...{ alertname: 'Kept', app: 'web', cluster: 'lab', pod: 'web-12', severity: 'warning', shard: '4' },
    ...{ small: 'kept', where: 'lab/Kept' },
  },
];

interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly fingerprint: string;
}

let folder = '';
beforeAll(() => {
  folder = makeFolder('alert-relabel');
  writeFileSync(join(folder, 'a.rules.yml'), JSON.stringify(RULES));
  writeFileSync(join(folder, 'alertmanager.yml'), 'route: {receiver: a}\nreceivers: [{name: a}]\n');
});
afterAll(() => removeFolder(folder));

const configuration = (alerting: object) => ({
  global: GLOBAL,
  rule_files: [join(folder, 'a.rules.yml')],
  query: { scrape_interval: '500ms' },
  services: { a: { url: 'http://127.0.0.1:1/', critical: false } },
  alerting,
});

const byName = (alerts: readonly SentAlert[]) =>
  alerts
    .map(({ labels, fingerprint }) => ({ labels, fingerprint }))
    .sort((a, b) => (`${a.labels.alertname}` < `${b.labels.alertname}` ? -1 : 1));

test('alerts reach an Alertmanager as those of a Prometheus with the same steps', async () => {
  const alertmanagers = await Promise.all(
    [1, 2].map(() => startAlertmanager('route: {receiver: a}\nreceivers: [{name: a}]\n')),
  );
  const [ours, theirs] = alertmanagers as [AlertmanagerServer, AlertmanagerServer];
  const prometheus = await startPrometheus(
    JSON.stringify({
      global: { ...GLOBAL, evaluation_interval: '500ms' },
      rule_files: [join(folder, 'a.rules.yml')],
      alerting: {
        alert_relabel_configs: STEPS,
        alertmanagers: [{ static_configs: [{ targets: [new URL(theirs.url).host] }] }],
      },
    }),
    ...[undefined, undefined, RESEND],
  );
  const sentTo = (alertmanager: AlertmanagerServer) =>
    vi.waitFor(async () => {
      const found = byName(await alertmanager.get<SentAlert[]>('alerts'));
      expect(found).toHaveLength(2);
      return found;
    }, PATIENCE);
  try {
    await using _monitor = await startMonitor(
      configuration({ alertmanagers: [ours.url], alert_relabel_configs: STEPS }),
    );
    const [own, want] = [await sentTo(ours), await sentTo(theirs)];
    expect(own.map(({ labels }) => labels)).toEqual(WANT);
    expect(own).toEqual(want);
  } finally {
    await prometheus.close();
    await Promise.all(alertmanagers.map(each => each.close()));
  }
});

async function embedded(monitor: RunningMonitor, alertname: string): Promise<SentAlert | undefined> {
  const alerts = await monitor.json<SentAlert[]>('/api/v2/alerts');
  return alerts.find(({ labels }) => labels.alertname === alertname);
}

test('the embedded Alertmanager has the same, and a reload puts other steps in force', async () => {
  const alerting = { config_file: join(folder, 'alertmanager.yml') };
  await using monitor = await startMonitor(configuration({ ...alerting, alert_relabel_configs: STEPS }), {
    flags: ['--web.enable-lifecycle'],
  });
  await vi.waitFor(async () => expect((await embedded(monitor, 'Kept'))?.labels).toEqual(WANT[1]), PATIENCE);
  expect(await embedded(monitor, 'Dropped')).toBeUndefined();
  const fingerprints = async () => {
    const { details } = await monitor.json<{ details: { fingerprint?: string }[] }>('/alerts?detail=true');
    return details.map(({ fingerprint }) => fingerprint);
  };
  const fingerprint = (await embedded(monitor, 'Kept'))?.fingerprint;
  await expect.poll(fingerprints, PATIENCE).toContain(fingerprint);

  const more = [...STEPS, { action: 'drop', source_labels: ['team'], regex: 'models' }];
  writeConfiguration(monitor.folder, configuration({ ...alerting, alert_relabel_configs: more }));
  expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(200);
  await vi.waitFor(async () => {
    const alerts = await monitor.json<SentAlert[]>('/api/v2/alerts');
    expect(alerts.map(({ labels }) => labels)).toEqual([WANT[1]]);
  }, PATIENCE);

  const wrong = [{ action: 'labeldrop', regex: 'a', target_label: 'b' }];
  writeConfiguration(monitor.folder, configuration({ ...alerting, alert_relabel_configs: wrong }));
  const answer = await monitor.get('/-/reload', { method: 'POST' });
  expect([answer.status, await answer.text()]).toEqual([
    500,
    expect.stringContaining("labeldrop action requires only 'regex', and no other fields"),
  ]);
});
