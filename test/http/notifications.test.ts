// Sent and next notifications in the endpoints. The clock is manual; nothing is delivered.

import { expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alertmanager/fingerprint.js';
import { Matcher } from '../../src/alertmanager/matchers/matcher.js';
import { Labels } from '../../src/model/labels.js';
import { result, startMonitor, type TestMonitor } from './monitor.js';

const LABELS = { alertname: 'ServiceDown', severity: 'critical', target: 'tools' };
const FINGERPRINT = fingerprintOf(Labels.of(LABELS));
const PATH = `/api/v2/alert/${FINGERPRINT}/notifications`;
const ALERTMANAGER = `
route: { receiver: ops, group_wait: 1h, routes: [{ receiver: boss, matchers: [escalation="level2"], group_wait: 5m }] }
receivers:
  - { name: ops, webhook_configs: [{ url: "http://127.0.0.1:9/secret" }] }
  - { name: boss, webhook_configs: [{ url: "http://127.0.0.1:9/secret" }] }
`;

function fire({ alerting, clock }: TestMonitor): void {
  const now = clock.now();
  const alert = {
    labels: Labels.of(LABELS),
    annotations: {},
    startsAt: now,
    endsAt: now + 9e9,
    generatorUrl: '',
  };
  alerting.ingest([alert], now);
}

/** A time of the manual clock, some minutes after the beginning; whole milliseconds. */
const after = (monitor: TestMonitor, minutes: number) =>
  new Date(Math.floor(monitor.clock.now()) + minutes * 60_000).toISOString();

test('an alert has its next notifications, and what may prevent them', async () => {
  await using monitor = await startMonitor({ alertmanager: ALERTMANAGER });
  fire(monitor);
  const now = monitor.clock.now();
  const copy = { ...LABELS, alertname: 'Risen', escalates: 'ServiceDown', escalation: 'level2' };
  const pending = [{ labels: copy, expression: '', addedLabels: [], firesAt: now + 300_000 }];
  monitor.alerting.applyEvaluation(
    { at: now, unsent: [], active: [], notDue: [], failures: 0, pending },
    now,
  );
  expect(await monitor.json(PATH)).toEqual({
    fingerprint: FINGERPRINT,
    told: [],
    next: [
      {
        receiver: 'boss',
        integration: 'webhook',
        at: after(monitor, 10),
        what: 'escalation',
        unless: 'it ends',
        escalation: 'level2',
      },
      {
        receiver: 'ops',
        integration: 'webhook',
        at: after(monitor, 60),
        what: 'notification',
        unless: 'it ends',
      },
    ],
  });
});

test('a silence that lasts longer than the group interval delays the notification', async () => {
  await using monitor = await startMonitor({ alertmanager: ALERTMANAGER });
  fire(monitor);
  const now = monitor.clock.now();
  const silence = { startsAt: now, endsAt: now + 7_200_000, createdBy: 'ann', comment: 'upgrade' };
  const { id } = monitor.alerting.silences.set(
    { ...silence, matchers: [new Matcher('target', '=', 'tools')] },
    now,
  );
  expect(await monitor.json(PATH)).toMatchObject({
    next: [
      {
        at: after(monitor, 120),
        held_by: [{ reason: 'silence', text: 'silenced by ann (upgrade)', until: after(monitor, 120), id }],
      },
    ],
  });
});

test('/alerts?detail=true has them for each alert, in local time, or the reason why there are none', async () => {
  await using monitor = await startMonitor({ alertmanager: ALERTMANAGER });
  const [level, status] = ['down', 'timeout'] as const;
  monitor.feed(result('tools', { level, status, error: 'Request timed out' }));
  expect(await monitor.json('/alerts?detail=true')).toMatchObject({
    details: [{ told: [], next: [], nothing_follows: 'the alert waits for the first checks' }],
  });
});

test('sent and failed notifications are listed, with the reason', async () => {
  await using monitor = await startMonitor({ alertmanager: ALERTMANAGER });
  fire(monitor);
  const at = monitor.clock.now();
  const note = { at, receiver: 'ops', integration: 'webhook', status: 'firing' } as const;
  const alerts = [{ labels: Labels.of(LABELS), fingerprint: fingerprintOf(Labels.of(LABELS)) }];
  monitor.alerting.history.recordNotification(alerts, { ...note, error: 'answered HTTP 500' });
  monitor.alerting.history.recordNotification(alerts, note);
  const shown = { receiver: 'ops', integration: 'webhook', status: 'firing', at: after(monitor, 0) };
  expect(await monitor.json(PATH)).toMatchObject({
    told: [
      { ...shown, outcome: 'failed', error: 'answered HTTP 500' },
      { ...shown, outcome: 'sent' },
    ],
  });
});

test('an unknown alert is an error', async () => {
  await using monitor = await startMonitor();
  const answer = await fetch(`${monitor.url}${PATH}`);
  expect([answer.status, await answer.json()]).toEqual([
    404,
    `there is no alert with the fingerprint ${FINGERPRINT}`,
  ]);
});

test('with real Alertmanagers the answer names them', async () => {
  const by = { by: 'alertmanagers', alertmanagers: [] } as const;
  await using monitor = await startMonitor({ alertmanager: by });
  monitor.feed(result('tools', { level: 'down', status: 'error', error: 'x' }));
  expect(await monitor.json('/alerts?detail=true')).toMatchObject({
    details: [{ next: [], nothing_follows: 'the Alertmanager decides: ' }],
  });
});
