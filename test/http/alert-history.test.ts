// /alert_history, and `action_taken` of /alerts: alerts are put in directly, the clock is manual.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMatchers } from '../../src/alertmanager/matchers/parse.js';
import { Labels } from '../../src/model/labels.js';
import { isoLocal } from '../../src/model/time.js';
import { result, START, startMonitor, type TestMonitor } from './monitor.js';

const MINUTE = 60_000;
/** A configuration whose groups are not notified within a test. */
const QUIET = 'route: { receiver: log, group_wait: 1000h }\nreceivers: [{ name: log }]\n';

interface Entry {
  readonly id: string;
  readonly service: string;
  readonly severity: string;
  readonly alertname: string;
  readonly timestamp: string;
  readonly starts_at: string;
  readonly ends_at?: string;
  readonly duration: string;
  readonly action_taken: string;
}
interface History {
  readonly alert_history: readonly Entry[];
  readonly count: number;
}

/** An alert of a service, as the rules send it. */
function send(
  monitor: TestMonitor,
  target: string,
  labels: Record<string, string> = {},
  endsAt?: number,
): void {
  const all = { alertname: 'ServiceDown', severity: 'critical', target, ...labels };
  const now = monitor.clock.now();
  monitor.alerting.ingest(
    [
      {
        labels: Labels.of(all),
        annotations: { description: `${target} is down` },
        startsAt: endsAt === undefined ? now : undefined,
        endsAt: endsAt ?? now + 1000 * MINUTE,
        generatorUrl: '',
      },
    ],
    now,
  );
}

const end = (monitor: TestMonitor, target: string, labels: Record<string, string> = {}) =>
  send(monitor, target, labels, monitor.clock.now());

async function ask(monitor: TestMonitor, query = ''): Promise<History> {
  return (await monitor.json(`/alert_history${query}`)) as History;
}
const services = ({ alert_history }: History) => alert_history.map(({ service }) => service);

describe('alerts one after the other', () => {
  let monitor: TestMonitor;
  beforeAll(async () => {
    monitor = await startMonitor({ alertmanager: QUIET });
    send(monitor, 'tools');
    monitor.clock.advance(5 * MINUTE);
    send(monitor, 'redis', { severity: 'warning' });
    monitor.clock.advance(MINUTE);
    end(monitor, 'tools');
    monitor.clock.advance(MINUTE);
    send(monitor, 'llm', { alertname: 'ServiceSlow', severity: 'warning' });
    send(monitor, 'llm', {
      alertname: 'Escalation',
      escalates: 'ServiceSlow',
      escalation: 'level2',
      severity: 'warning',
    });
    send(monitor, '', { alertname: 'Heartbeat', severity: 'none' });
    monitor.clock.advance(90 * MINUTE);
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  test('newest first, in the document’s shape', async () => {
    expect(await ask(monitor)).toEqual({
      count: 3,
      alert_history: [
        {
          id: expect.any(String),
          severity: 'warning',
          service: 'llm',
          alertname: 'ServiceSlow',
          message: 'llm is down',
          timestamp: isoLocal(START + 7 * MINUTE),
          starts_at: isoLocal(START + 7 * MINUTE),
          duration: '1 hour',
          escalation: 'level2',
          action_taken: 'Logged',
          notifications: [],
          actions: [],
          silenced_by: [],
        },
        expect.objectContaining({ service: 'redis', duration: '1 hour' }),
        expect.objectContaining({
          service: 'tools',
          duration: '6 minutes',
          starts_at: isoLocal(START),
          ends_at: isoLocal(START + 6 * MINUTE),
        }),
      ],
    });
  });

  const at = (minutes: number) => encodeURIComponent(isoLocal(START + minutes * MINUTE));
  test.each<[query: string, services: string[], count: number]>([
    ['?severity=critical', ['tools'], 1],
    ['?severity=warning', ['llm', 'redis'], 2],
    ['?severity=nothing', [], 0],
    ['?service=redis', ['redis'], 1],
    ['?alertname=ServiceDown', ['redis', 'tools'], 2],
    ['?alertname=ServiceDown&severity=warning', ['redis'], 1],
    ['?active=true', ['llm', 'redis'], 2],
    ['?active=false', ['tools'], 1],
    ['?limit=1', ['llm'], 3],
    ['?limit=10000', ['llm', 'redis', 'tools'], 3],
    [`?before=${at(7)}`, ['redis', 'tools'], 2],
    [`?after=${at(5)}`, ['llm'], 1],
    [`?after=${at(0)}&before=${at(7)}`, ['redis'], 1],
    [`?after=${at(8)}`, [], 0],
  ])('%s', async (query, want, count) => {
    const history = await ask(monitor, query);
    expect([services(history), history.count]).toEqual([want, count]);
  });

  test.each([
    ['?limit=0', 'limit: expected a whole number from 1 to 10000'],
    ['?limit=10001', 'limit: expected a whole number from 1 to 10000'],
    ['?limit=x', 'limit: expected a whole number from 1 to 10000'],
    ['?before=yesterday', 'before: expected a timestamp such as 2024-01-15T10:30:45.123456'],
    ['?active=perhaps', 'active: expected true or false'],
  ])('%s is refused', async (query, error) => {
    const response = await fetch(`${monitor.url}/alert_history${query}`);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
  });

  test('is there after the store was opened again', async () => {
    const { history } = monitor.alerting;
    history.flush();
    expect(monitor.store.alertHistory.select({ limit: 10 }).episodes).toHaveLength(3);
  });
});

test('pages hold every alert once, also when hundreds begin at the same moment', async () => {
  await using monitor = await startMonitor();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 130; i++) send(monitor, `s${round}-${i}`);
    monitor.clock.advance(MINUTE);
  }
  for (const limit of [1, 7, 100, 250]) {
    const seen: string[] = [];
    let query = `?limit=${limit}`;
    for (;;) {
      const { alert_history: page } = await ask(monitor, query);
      seen.push(...page.map(({ service }) => service));
      expect(page.length).toBeLessThanOrEqual(limit);
      const last = page.at(-1);
      if (!last) break;
      const next = new URLSearchParams({ limit: String(limit), before: last.timestamp, before_id: last.id });
      query = `?${next}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([390, 390]);
    expect(seen.map(each => each.slice(0, 2))).toEqual(
      ['s2', 's1', 's0'].flatMap(round => Array.from({ length: 130 }, () => round)),
    );
  }
  const whole = await ask(monitor, '?limit=10000');
  expect([whole.alert_history.length, whole.count]).toEqual([390, 390]);
});

test('while the disk cannot be written the history comes from memory', async () => {
  // A folder that even root cannot write to.
  await using monitor = await startMonitor({ storeFile: '/sys/monitor/monitor.db' });
  for (let i = 0; i < 130; i++) send(monitor, `s${i}`);
  const whole = await ask(monitor, '?limit=1000');
  expect([new Set(services(whole)).size, whole.count]).toEqual([130, 130]);
  const [first, second] = [await ask(monitor, '?limit=100'), whole.alert_history.slice(100)];
  const last = first.alert_history.at(-1) as Entry;
  const next = new URLSearchParams({ before: last.timestamp, before_id: last.id });
  expect(services(await ask(monitor, `?${next}`))).toEqual(second.map(({ service }) => service));
});

test('notifications, actions and silences of an alert are in both endpoints', async () => {
  await using monitor = await startMonitor();
  monitor.feed(result('tools', { status: 'error', error: 'x', reason: 'refused', level: 'down' }));
  const [alert] = monitor.cluster.status.alerts;
  const labels = JSON.parse(alert?.identity ?? '[]') as [string, string][];
  const known = Labels.of(labels);
  const now = monitor.clock.now();
  const taken = async () => {
    const { details } = (await monitor.json('/alerts?detail=true')) as {
      details: { action_taken: string }[];
    };
    const { alert_history } = await ask(monitor);
    return [details[0]?.action_taken, alert_history[0]?.action_taken];
  };
  monitor.alerting.ingest(
    [{ labels: known, annotations: {}, startsAt: now, endsAt: now + MINUTE, generatorUrl: '' }],
    now,
  );
  expect(await taken()).toEqual(['Logged', 'Logged']);
  const { history, alerts } = monitor.alerting;
  const [stored] = [...alerts.all()];
  if (!stored) throw new Error('the alert was not stored');
  history.recordAction(stored, { at: now, action: 'restart', result: 'succeeded' });
  history.recordNotification([stored], { at: now, receiver: 'ops', integration: 'slack', status: 'firing' });
  const both = 'Restart succeeded, notification sent to ops (slack)';
  expect(await taken()).toEqual([both, both]);
  const silence = {
    id: 'i',
    matchers: parseMatchers('target="tools"'),
    startsAt: now,
    endsAt: now + MINUTE,
    updatedAt: now,
    createdBy: 'ann',
    comment: 'upgrade',
  };
  history.recordSilences(stored, [silence], now);
  expect(await taken()).toEqual([`${both}, silenced by ann (upgrade)`, `${both}, silenced by ann (upgrade)`]);
  expect((await ask(monitor)).alert_history[0]).toMatchObject({
    notifications: [{ at: isoLocal(now), receiver: 'ops', integration: 'slack', status: 'firing' }],
    actions: [{ at: isoLocal(now), action: 'restart', result: 'succeeded' }],
    silenced_by: [{ at: isoLocal(now), id: 'i', created_by: 'ann', comment: 'upgrade' }],
  });
});

test('with real Alertmanagers the action taken is that alerts were sent to them', async () => {
  const alertmanagers = [{ url: 'http://127.0.0.1:1', timeout: 1000, follow_redirects: true }];
  await using monitor = await startMonitor({ alertmanager: { by: 'alertmanagers', alertmanagers } });
  send(monitor, 'tools');
  expect((await ask(monitor)).alert_history[0]?.action_taken).toBe('Handed to Alertmanager');
  expect(await monitor.json('/api/v1/alertmanagers')).toMatchObject({
    data: { activeAlertmanagers: [{ url: 'http://127.0.0.1:1/api/v2/alerts' }] },
  });
});

test('has the notifications of the alert and no others, also after it was resolved', async () => {
  await using monitor = await startMonitor({ alertmanager: QUIET });
  const { alerts, history } = monitor.alerting;
  /** Records a message to ops about the alerts of these services, as the notifier does. */
  const sent = (...services: string[]) => {
    const note = { at: monitor.clock.now(), receiver: 'ops', integration: 'webhook' };
    const those = [...alerts.all()].filter(({ labels }) => services.includes(labels.get('target')));
    history.recordNotification(those, { ...note, status: 'firing' });
    monitor.clock.advance(MINUTE);
  };
  for (const each of ['tools', 'redis', 'llm', 'alone']) send(monitor, each);
  monitor.clock.advance(MINUTE);
  sent('tools', 'redis');
  sent('tools', 'llm');
  sent('alone');
  for (const each of ['tools', 'redis', 'llm', 'alone']) end(monitor, each);
  const all = (await ask(monitor)).alert_history;
  const idOf = (name: string) => all.find(each => each.service === name)?.id ?? '';
  const together = async (name: string, more = '') =>
    services(await ask(monitor, `?sent_with=${idOf(name)}${more}`)).sort();
  expect([await together('tools'), await together('redis'), await together('alone')]).toEqual([
    ['llm', 'redis'],
    ['tools'],
    [],
  ]);
  expect(await together('tools', '&service=llm')).toEqual(['llm']);
  expect((await ask(monitor, `?sent_with=${idOf('tools')}&limit=1`)).count).toBe(2);
  expect(await ask(monitor, '?sent_with=none')).toEqual({ alert_history: [], count: 0 });
});
