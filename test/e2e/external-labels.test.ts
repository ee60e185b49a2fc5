// `external_labels`: a real Prometheus and the monitor send the same alert to a real Alertmanager, which takes it for one; with
// the embedded Alertmanager they are labels like all others.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { startMonitor } from '../support/monitor.js';
import { startPrometheus } from '../support/prometheus.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
const GLOBAL = { external_labels: { cluster: 'lab', region: 'eu', severity: 'never', none: 'added' } };
/** An alert that begins before the Alertmanager has been discovered is sent again a second later instead of a minute. */
const RESEND = ['--rules.alert.resend-delay=1s'];
const RULES = {
  groups: [
    {
      name: 'a',
      rules: [
        { record: 'langgraph:cluster_status', expr: 'vector(2)' },
        {
          alert: 'Always',
          expr: 'vector(1)',
          labels: { severity: 'warning', none: '', of: '{{ $externalLabels.cluster }}' },
          annotations: { summary: 'in {{ .ExternalLabels.region }}{{ $externalLabels.unknown }}' },
        },
      ],
    },
  ],
};
const WANT = {
  ...{ alertname: 'Always', cluster: 'lab', none: 'added', of: 'lab', region: 'eu', severity: 'warning' },
};

interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly status: { readonly state: string };
}

let folder = '';
beforeAll(() => {
  folder = makeFolder('external-labels');
  writeFileSync(join(folder, 'a.rules.yml'), JSON.stringify(RULES));
});
afterAll(() => removeFolder(folder));

const configuration = (alerting: object) => ({
  global: GLOBAL,
  rule_files: [join(folder, 'a.rules.yml')],
  query: { scrape_interval: '500ms' },
  services: { a: { url: 'http://127.0.0.1:1/', critical: false } },
  ...alerting,
});

async function sentTo(alertmanager: AlertmanagerServer): Promise<SentAlert[]> {
  const alerts = await vi.waitFor(async () => {
    const found = await alertmanager.get<SentAlert[]>('alerts');
    expect(found).not.toEqual([]);
    return found;
  }, PATIENCE);
  return alerts;
}

test('an alert has the labels and texts with which Prometheus sends it', async () => {
  const alertmanagers = await Promise.all(
    [1, 2].map(() => startAlertmanager('route: {receiver: a}\nreceivers: [{name: a}]\n')),
  );
  const [ours, theirs] = alertmanagers as [AlertmanagerServer, AlertmanagerServer];
  const prometheus = await startPrometheus(
    JSON.stringify({
      global: { ...GLOBAL, evaluation_interval: '500ms' },
      rule_files: [join(folder, 'a.rules.yml')],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(theirs.url).host] }] }] },
    }),
    ...[undefined, undefined, RESEND],
  );
  try {
    await using _monitor = await startMonitor(configuration({ alerting: { alertmanagers: [ours.url] } }));
    const [own] = await sentTo(ours);
    const [want] = await sentTo(theirs);
    expect(own?.labels).toEqual(WANT);
    expect(own?.annotations).toEqual({ summary: 'in eu' });
    expect([own?.labels, own?.annotations, own?.fingerprint]).toEqual([
      want?.labels,
      want?.annotations,
      want?.fingerprint,
    ]);
  } finally {
    await prometheus.close();
    await Promise.all(alertmanagers.map(each => each.close()));
  }
});

test('in the embedded Alertmanager a silence finds it by them, and all views speak of the same alert', async () => {
  writeFileSync(join(folder, 'alertmanager.yml'), 'route: {receiver: a}\nreceivers: [{name: a}]\n');
  await using monitor = await startMonitor(
    configuration({ alerting: { config_file: join(folder, 'alertmanager.yml') } }),
  );
  const json = async (path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = body && { method: 'POST', headers, body: JSON.stringify(body) };
    return (await (await fetch(monitor.url + path, init)).json()) as never;
  };
  const [alert] = await vi.waitFor(async () => {
    const found: SentAlert[] = await json('/api/v2/alerts');
    expect(found).toHaveLength(1);
    return found;
  }, PATIENCE);
  expect(alert?.labels).toEqual(WANT);
  const rule: { data: { alerts: SentAlert[] } } = await json('/api/v1/alerts');
  expect(rule.data.alerts.map(({ labels }) => labels)).toEqual([
    { alertname: 'Always', severity: 'warning', of: 'lab' },
  ]);
  const [startsAt, endsAt] = [0, 60_000].map(later => new Date(Date.now() + later).toISOString());
  const matchers = [{ name: 'region', value: 'eu', isRegex: false, isEqual: true }];
  await json('/api/v2/silences', { matchers, startsAt, endsAt, createdBy: 'a', comment: 'b' });
  await vi.waitFor(async () => {
    const { details }: { details: { fingerprint: string; muted_by?: string[] }[] } =
      await json('/alerts?detail=true');
    expect(details).toEqual([
      expect.objectContaining({ fingerprint: alert?.fingerprint, muted_by: [expect.stringContaining('b')] }),
    ]);
  }, PATIENCE);
});
