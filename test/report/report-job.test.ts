import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAlertmanagerConfig } from '../../src/alertmanager/config/read.js';
import { receiverKinds } from '../../src/alertmanager/receivers/index.js';
import { AuditTrail } from '../../src/alerts/audit-trail.js';
import { ReportMetrics } from '../../src/metrics/reports.js';
import type { Millis } from '../../src/model/time.js';
import { ReportJob } from '../../src/report/report-job.js';
import { Schedule } from '../../src/report/schedule.js';
import type { ReportDefinition } from '../../src/report/settings.js';
import { Store } from '../../src/store/store.js';
import { DAY, HOUR } from '../analysis/history.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { type SmtpEndpoint, startSmtp } from '../support/smtp.js';
import { analystOf, changed, NOW, TEXT } from './week.js';

const folder = makeFolder('report');
let running: RunningEngine;
const audits = new Store({ file: join(folder, 'audit.db'), retention: DAY, log: () => {} });
const audit = new AuditTrail(audits.states);
const analystAt = (now: () => Millis) => analystOf(running.engine, now);

beforeAll(async () => {
  const [, start] = ENGINES[0] as (typeof ENGINES)[number];
  running = await start(TEXT);
  changed(audit, NOW);
});
afterAll(async () => {
  await running?.close();
  audits.close();
  removeFolder(folder);
});

describe('by schedule', () => {
  let endpoint: Endpoint;
  let smtp: SmtpEndpoint;
  let store: Store;
  let now: Millis;
  let logged: string[];
  let job: ReportJob;
  let registry: Registry;
  const file = join(folder, 'monitor.db');

  beforeAll(async () => {
    [endpoint, smtp] = [await startEndpoint(), await startSmtp()];
  });
  afterAll(async () => {
    await endpoint.close();
    await smtp.close();
  });
  beforeEach(() => {
    now = NOW - HOUR;
    endpoint.requests.length = 0;
    endpoint.behaviour = (response, { path }) =>
      response.end(path.startsWith('/slack') ? 'ok' : '{"ok":true}');
    smtp.mails.length = 0;
    store = new Store({ file: `${file}-${Math.random()}`, retention: DAY, log: () => {} });
    start();
  });
  afterEach(async () => {
    await job.close();
    store.close();
  });

  const config = () =>
    readAlertmanagerConfig(
      'alertmanager.yml',
      JSON.stringify({
        route: { receiver: 'all' },
        receivers: [
          {
            name: 'all',
            email_configs: [
              {
                smarthost: `127.0.0.1:${smtp.port}`,
                from: 'monitor@example.com',
                to: 'ops@example.com, boss@example.com',
                require_tls: false,
              },
            ],
            slack_configs: [{ api_url: `${endpoint.url}/slack` }],
            discord_configs: [{ webhook_url: `${endpoint.url}/discord` }],
            telegram_configs: [{ api_url: endpoint.url, bot_token: 't', chat_id: 1 }],
            webhook_configs: [{ url: `${endpoint.url}/webhook` }],
          },
        ],
      }),
    );
  const weekly = (more: Partial<ReportDefinition> = {}): ReportDefinition => ({
    ...{ name: 'weekly', schedule: new Schedule('0 8 * * MON', undefined), period: { days: 7 } },
    receivers: ['all'],
    ...more,
  });

  /** As a monitor does that starts. */
  function start(reports = [weekly()]): void {
    logged = [];
    registry = new Registry();
    const metrics = new ReportMetrics(registry);
    job = new ReportJob({
      analyst: analystAt(() => now),
      audit,
      states: store.states,
      clock: { now: () => now, elapsed: () => now },
      kinds: receiverKinds,
      externalUrl: () => 'http://monitor.example',
      version: '1.2.3',
      log: (_, message) => logged.push(message),
      firstLook: 1_000_000,
      onPlan: ways => metrics.initialize(ways),
      onSent: (way, at) => metrics.sent(way, at),
      onFailed: (way, at) => metrics.failed(way, at),
    });
    job.configure({ reports, config: config() });
  }
  const paths = () => endpoint.requests.map(({ path }) => path).sort();
  const lookAt = async (at: Millis) => {
    now = at;
    await job.sendDue();
  };

  test('is sent at its moment also when the timer fires a little before it', async () => {
    await lookAt(NOW - 6000);
    now = NOW - 0.2;
    const early = job.sendDue();
    now = NOW + 0.5;
    await early;
    expect(paths()).toEqual([]);
    await expect.poll(paths).toHaveLength(3);
  });

  test('is sent when it is due, once, in the format of each receiver', async () => {
    await lookAt(NOW - HOUR);
    expect([paths(), smtp.mails]).toEqual([[], []]);
    await lookAt(NOW + 1000);
    expect(paths()).toEqual(['/bott/sendMessage', '/discord', '/slack']);
    expect(smtp.mails).toHaveLength(1);
    const [{ raw, to } = { raw: '', to: [] }] = smtp.mails;
    expect(to).toEqual(['ops@example.com', 'boss@example.com']);
    expect(raw).toMatch(/^Subject: Weekly report, 2026-10-05 to 2026-10-12: 99\.5\d% up/m);
    expect(raw).toMatch(/^Content-Type: multipart\/(related|alternative)/m);
    for (const type of ['text/plain', 'text/html', 'image/png'])
      expect(raw).toContain(`Content-Type: ${type}`);
    expect(raw).toMatch(/^Content-ID: <[0-9a-f]{16}@langgraph-monitor>/m);
    await lookAt(NOW + 60_000);
    expect([endpoint.requests, smtp.mails].map(each => each.length)).toEqual([3, 1]);
  });

  test('messengers get a digest with escaped names', async () => {
    await lookAt(NOW - 1000);
    await lookAt(NOW);
    const bodyOf = (path: string) =>
      JSON.parse(endpoint.requests.find(each => each.path === path)?.body ?? '');
    const [slack] = bodyOf('/slack').attachments;
    expect(slack).toMatchObject({ title_link: 'http://monitor.example', mrkdwn_in: ['text'] });
    expect(slack.text).toContain('Tools &lt;img src=x onerror=alert(1)&gt;');
    expect(slack.text).toMatch(/^\*Uptime, worst first:\* Tools .*99\.11%, Steady 100%/m);
    const { embeds, content } = bodyOf('/discord');
    expect(content).toBe('');
    expect(embeds[0].description).toContain('\\*\\|\\_\\`');
    const telegram = bodyOf('/bott/sendMessage');
    expect(telegram.parse_mode).toBe('HTML');
    expect(telegram.text).toMatch(/^<a href="http:\/\/monitor\.example\/">Weekly report.*<\/a>\n\n99\.5/);
    expect(telegram.text).not.toContain('<img');
  });

  test('a report that was due while the monitor was stopped is sent once, and none twice', async () => {
    await lookAt(NOW - HOUR);
    await job.close();
    start();
    // Three weeks later, the last of the four is the one that counts.
    await lookAt(NOW + 21 * DAY + HOUR);
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails[0]?.raw).toMatch(/^Subject: Weekly report, 2026-10-26 to 2026-11-02/m);
    await job.close();
    start();
    await lookAt(NOW + 21 * DAY + 2 * HOUR);
    expect(smtp.mails).toHaveLength(1);
  });

  test('a receiver that failed gets it later, and the others not again', async () => {
    const well = endpoint.behaviour;
    endpoint.behaviour = (response, request) =>
      request.path === '/slack' ? answers(503)(response, request) : well(response, request);
    await lookAt(NOW - HOUR);
    await lookAt(NOW);
    expect(logged).toContain('Report not sent; retrying');
    await job.close();
    start();
    endpoint.requests.length = 0;
    endpoint.behaviour = well;
    await lookAt(NOW + 5 * 60_000);
    expect(paths()).toEqual(['/slack']);
    expect(smtp.mails).toHaveLength(1);
  });

  test('a report that is refused permanently, or for a day, is dropped', async () => {
    endpoint.behaviour = (response, request) =>
      (request.path === '/slack' ? answers(404, 'no_service') : answers(500))(response, request);
    await lookAt(NOW - HOUR);
    await lookAt(NOW);
    expect(logged).toEqual(expect.arrayContaining(['Report refused', 'Report not sent; retrying']));
    for (let hour = 1; hour <= 24; hour++) await lookAt(NOW + hour * HOUR);
    expect(logged.at(-1)).toBe('Report not sent for a day; giving up');
    endpoint.requests.length = 0;
    await lookAt(NOW + 25 * HOUR);
    expect(endpoint.requests).toEqual([]);
  });

  /** Values of a metric by integration. */
  const metric = async (name: string) => {
    const found = await registry.getSingleMetric(`langgraph_monitor_${name}`)?.get();
    return Object.fromEntries(found?.values.map(({ labels, value }) => [labels.integration, value]) ?? []);
  };
  const [sent, failed] = ['reports_sent_total', 'reports_failed_total'];
  const [sentAt, failedAt] = [
    'report_last_success_timestamp_seconds',
    'report_last_failure_timestamp_seconds',
  ];

  test('sent and failed reports are counted, from 0 on, and the last times survive restarts', async () => {
    const none = { email: 0, slack: 0, discord: 0, telegram: 0 };
    for (const name of [sent, failed, sentAt, failedAt]) expect(await metric(name), name).toEqual(none);
    const well = endpoint.behaviour;
    endpoint.behaviour = (response, request) =>
      request.path === '/slack' ? answers(503)(response, request) : well(response, request);
    await lookAt(NOW - HOUR);
    await lookAt(NOW);
    const all = { email: 1, slack: 1, discord: 1, telegram: 1 };
    expect(await metric(sent)).toEqual({ ...all, slack: 0 });
    expect(await metric(failed)).toEqual({ ...none, slack: 1 });
    expect(await metric(failedAt)).toEqual({ ...none, slack: NOW / 1000 });
    endpoint.behaviour = well;
    await lookAt(NOW + 60_000);
    expect(await metric(sent)).toEqual(all);
    const taken = { email: NOW / 1000, slack: NOW / 1000 + 60, discord: NOW / 1000, telegram: NOW / 1000 };
    expect(await metric(sentAt)).toEqual(taken);
    await job.close();
    start([weekly({ schedule: new Schedule('0 9 * * MON', undefined) })]);
    expect(await metric(sentAt)).toEqual(taken);
    expect(await metric(failedAt)).toEqual({ ...none, slack: NOW / 1000 });
    expect(await metric(sent)).toEqual(none);
    await lookAt(NOW + 120_000);
    await job.close();
    start();
    expect(await metric(sentAt)).toEqual(taken);
    expect(await metric(failedAt)).toEqual({ ...none, slack: NOW / 1000 });
    job.configure({ reports: [], config: config() });
    expect(await metric(sentAt)).toEqual({});
  });

  test('a report that cannot be computed fails for each receiver', async () => {
    await lookAt(NOW - HOUR);
    await running.engine.close();
    try {
      await lookAt(NOW);
    } finally {
      const [, begin] = ENGINES[0] as (typeof ENGINES)[number];
      running = await begin(TEXT);
    }
    expect(logged).toContain('Report failed; retrying');
    expect(await metric(failed)).toEqual({ email: 1, slack: 1, discord: 1, telegram: 1 });
    await job.close();
    start();
    const all = { email: NOW / 1000, slack: NOW / 1000, discord: NOW / 1000, telegram: NOW / 1000 };
    expect(await metric(failedAt)).toEqual(all);
  });

  test('a report that is new, or has another schedule, is not due for the time before', async () => {
    now = NOW + HOUR;
    await job.sendDue();
    expect(smtp.mails).toEqual([]);
    await job.close();
    start([weekly({ schedule: new Schedule('0 7 * * *', undefined) })]);
    await lookAt(NOW + 2 * HOUR);
    expect(smtp.mails).toEqual([]);
    await lookAt(NOW + 23 * HOUR);
    expect(smtp.mails).toHaveLength(1);
  });
});
