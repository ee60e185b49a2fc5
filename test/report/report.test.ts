// A report over a week whose truth is known: its forms, the messages it becomes, and when it is sent.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAlertmanagerConfig } from '../../src/alertmanager/config/read.js';
import { receiverKinds } from '../../src/alertmanager/receivers/index.js';
import { type AuditEvent, AuditTrail } from '../../src/alerts/audit-trail.js';
import { Analyst } from '../../src/analysis/analyst.js';
import { lastDays } from '../../src/analysis/asking.js';
import { periodReport } from '../../src/analysis/reports/period-report.js';
import { ReportMetrics } from '../../src/metrics/reports.js';
import type { Service } from '../../src/model/service.js';
import { isoLocal, type Millis } from '../../src/model/time.js';
import { type AuditedReport, withAudit } from '../../src/report/audited.js';
import { forms } from '../../src/report/formats.js';
import { messageOf } from '../../src/report/mail.js';
import { outlineOf } from '../../src/report/outline-of.js';
import { scopeAt } from '../../src/report/period.js';
import { ReportJob } from '../../src/report/report-job.js';
import { Schedule } from '../../src/report/schedule.js';
import type { ReportDefinition } from '../../src/report/settings.js';
import { Store } from '../../src/store/store.js';
import { importOpenMetrics } from '../../src/tsdb/import/import.js';
import { DAY, HOUR, openMetrics, type ServiceTruth, type Span } from '../analysis/history.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { type SmtpEndpoint, startSmtp } from '../support/smtp.js';

/** A Monday morning. */
const NOW: Millis = new Date(2026, 9, 12, 8).getTime();
const OUTAGE: Span = [NOW - 3 * DAY, NOW - 3 * DAY + 90 * 60_000];
const HOSTILE = 'Tools <img src=x onerror=alert(1)> *|_`';
const TRUTH: readonly ServiceTruth[] = [
  { id: 'steady', time: () => 0.2 },
  { id: 'tools', time: () => 0.1, outages: [OUTAGE] },
];
const TEXT = openMetrics({ from: NOW - 7 * DAY - HOUR, to: NOW, services: TRUTH });
const service = (id: string, name: string): Service => ({
  ...{ id, name, kind: 'http', critical: true, severity: 'critical', dependsOn: [] },
});
const SERVICES = [service('steady', 'Steady'), service('tools', HOSTILE), service('unseen', 'Unseen')];

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const folder = makeFolder('report');
let running: RunningEngine;
let report: AuditedReport;
const audits = new Store({ file: join(folder, 'audit.db'), retention: DAY, log: () => {} });
const audit = new AuditTrail(audits.states);
const OPTIONS = { name: 'Weekly report', url: 'http://monitor.example', version: '1.2.3' };

const analystAt = (now: () => Millis) =>
  new Analyst({
    engine: running.engine,
    services: () => SERVICES,
    rollups: { between: () => new Map() },
    clock: { now, elapsed: now },
  });

/** What was changed before a moment: within the week, before it, and at its end. */
function changed(trail: AuditTrail, to: Millis): void {
  const silence = { id: '1f', matchers: '{target="tools"}', comment: HOSTILE };
  const of = (at: Millis, event: AuditEvent, by: string, details: Record<string, string> = {}) =>
    trail.add({ at, event, by, details });
  of(to - 8 * DAY, 'configuration reloaded', 'SIGHUP');
  of(to - 2 * DAY, 'silence created', 'alice (127.0.0.1)', silence);
  of(to - DAY, 'configuration reload failed', 'SIGHUP', { problem: 'monitor.yml: services: missing' });
  of(to - HOUR, 'report sent', 'schedule', { report: 'weekly' });
  of(to, 'silence expired', 'alice (127.0.0.1)', silence);
}

beforeAll(async () => {
  const [, start] = ENGINES[0] as (typeof ENGINES)[number];
  running = await start(TEXT);
  changed(audit, NOW);
  report = withAudit((await analystAt(() => NOW).report(periodReport, lastDays(7))).report, audit);
}, 120_000);
afterAll(async () => {
  await running?.close();
  audits.close();
  removeFolder(folder);
});

describe('forms', () => {
  test('what matters most comes first', () => {
    const { title, summary } = outlineOf(report, OPTIONS);
    expect(title).toBe('Weekly report, 2026-10-05 to 2026-10-12: 99.55% up');
    expect(summary).toEqual([
      `99.55% up, 1 outage, 90 min in all; the longest was ${HOSTILE}, 90 min from 2026-10-09 08:00.`,
      'Services answered in 0.150s on average.',
    ]);
  });

  test('Markdown is a table, worst first, and names stay names', () => {
    const text = forms.md.write(report, OPTIONS);
    const rows = text.split('\n').filter(line => line.startsWith('| '));
    expect(
      rows.slice(0, 4).map(row => row.split(/ (?<!\\)\| /).map(cell => cell.replace(/^\| |\|$/g, '').trim())),
    ).toEqual([
      expect.arrayContaining(['Service', 'Uptime', 'Outages', 'Trend']),
      expect.arrayContaining([
        'Tools &lt;img src=x onerror=alert(1)&gt; \\*\\|\\_\\`',
        '99.11%',
        '1',
        '90 min',
      ]),
      expect.arrayContaining(['Steady', '100%', '0']),
      expect.arrayContaining(['Unseen', '-']),
    ]);
    // Every line of a table is as long as the others.
    expect(new Set(rows.slice(0, 4).map(row => row.length)).size).toBe(1);
  });

  test('HTML holds nothing of a name that is markup, and loads nothing', () => {
    const html = forms.html.write(report, OPTIONS);
    expect(html).not.toMatch(/<img|<script|src=["']?http|@import|url\(/);
    expect(html).toContain('Tools &lt;img src=x onerror=alert(1)&gt;');
    // A bar a day for each of the two that were seen, twice, the hours of today among them.
    expect(html.match(/<rect /g)).toHaveLength(2 * 2 * 8 + 2 * 8);
    expect(html).toContain('<title>2026-10-09: 93.8%</title>');
  });

  test('CSV has a row a service in base units', () => {
    const [head = '', ...rows] = forms.csv.write(report, OPTIONS).trimEnd().split('\r\n');
    const column = head.split(',').indexOf('downtime_seconds');
    const of = (id: string) => rows.find(row => row.startsWith(`${id},`))?.split(',') ?? [];
    expect(Math.abs(Number(of('tools')[column]) - 5400)).toBeLessThanOrEqual(60);
    expect(of('steady')[column]).toBe('0');
  });

  test('JSON is what /report answers', () => {
    expect(JSON.parse(forms.json.write(report, OPTIONS))).toMatchObject({
      uptime: { services: { tools: { outage_count: 1 } } },
      daily: { dates: expect.arrayContaining(['2026-10-09']) },
    });
  });

  test('who changed what in the period is in it, and nothing of before or after', () => {
    const { audit_trail: trail, audit_trail_from: from } = JSON.parse(forms.json.write(report, OPTIONS));
    expect(trail.map(({ event }: { event: string }) => event)).toEqual([
      'report sent',
      'configuration reload failed',
      'silence created',
    ]);
    expect(from).toBeNull();
    const text = forms.md.write(report, OPTIONS);
    expect(text).toMatch(/^## Changes, newest first\n/m);
    const rows = text
      .split('\n')
      .map(line => line.replaceAll(/ +/g, ' '))
      .filter(line => /\| (silence|configuration) /.test(line));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain(
      '| 2026-10-11 08:00 | configuration reload failed | SIGHUP | problem: monitor.yml',
    );
    expect(rows[1]).toContain(
      '| silence created | alice (127.0.0.1) | matchers: {target="tools"}, comment: Tools',
    );
    const html = forms.html.write(report, OPTIONS);
    expect(html).toContain('alice (127.0.0.1)');
    expect(html).not.toContain('<img src=x');
    expect(outlineOf({ ...report, audit_trail: [] }, OPTIONS).sections).toContainEqual({
      heading: 'Changes, newest first',
      blocks: [{ kind: 'text', text: 'Nothing was changed.' }],
    });
  });

  test('a trail that begins later than the period says so', () => {
    const store = new Store({ file: join(folder, 'full.db'), retention: DAY, log: () => {} });
    const full = new AuditTrail(store.states);
    for (let n = 1001; n > 0; n--)
      full.add({ at: NOW - n * 60_000, event: 'configuration reloaded', by: 'SIGHUP', details: {} });
    const late = withAudit(report, full);
    store.close();
    expect([late.audit_trail.length, late.audit_trail_from]).toEqual([1000, isoLocal(NOW - 1000 * 60_000)]);
    const section = outlineOf(late, OPTIONS).sections.find(({ heading }) => heading.startsWith('Changes'));
    expect(section?.blocks).toEqual([
      expect.objectContaining({ note: 'and 970 more; format=json has all' }),
      { kind: 'text', text: expect.stringMatching(/^Changes before 2026-10-11 15:20 are not known/) },
    ]);
  });

  test('images of a mail are PNG of the bars, each once', () => {
    const { html, images } = messageOf(outlineOf(report, OPTIONS));
    const used = new Set([...html.matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id));
    expect(new Set(images.map(({ id }) => id))).toEqual(used);
    for (const { content } of images) {
      const { height, channels } = decode(content);
      expect([height, channels]).toEqual([44, 4]);
    }
  });
});

describe('the command', () => {
  const storage = join(folder, 'data');
  const config = join(folder, 'monitor.yml');
  beforeAll(async () => {
    const text = join(folder, 'samples.om');
    // Up to now, as the command looks back from now.
    const now = Date.now();
    writeFileSync(text, openMetrics({ from: now - 2 * DAY, to: now, services: TRUTH.slice(0, 1) }));
    await importOpenMetrics(text, join(storage, 'samples.db'));
    const store = new Store({ file: join(storage, 'monitor.db'), retention: DAY, log: () => {} });
    changed(new AuditTrail(store.states), now - HOUR);
    store.close();
    writeFileSync(config, 'services: {steady: {name: Steady, url: "http://127.0.0.1:9/"}}\n');
  });
  const command = (...args: string[]) => {
    const flags = [`--config.file=${config}`, `--storage.path=${storage}`];
    const answer = spawnSync(process.execPath, [MAIN, 'report', ...flags, ...args], { encoding: 'utf8' });
    const lines = answer.stderr.replaceAll(folder, 'FOLDER').split('\n').filter(Boolean);
    return { code: answer.status, out: answer.stdout, err: lines };
  };

  test('prints Markdown, and writes what the name of a file says', () => {
    const { code, out, err } = command('--days=1');
    expect([code, err]).toEqual([0, []]);
    expect(out).toMatch(/^# Daily report, .*: 100% up\n/);
    expect(out).toMatch(/\| silence expired \| alice \(127\.0\.0\.1\) \|/);
    expect(out).not.toContain('silence created');
    const file = join(folder, 'out.csv');
    expect(command('--days=1', `--output=${file}`)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^service,name,from,to,uptime_ratio/);
  });

  test.each([
    [['--days=0'], 2, 'langgraph-monitor: --days: "0" is no number of days from 1 to 366'],
    [['--days=3', '--month=2026-10'], 2, 'langgraph-monitor: report takes --days or --month, not both'],
    [['--month=2026-13'], 2, 'langgraph-monitor: --month: "2026-13" is no month; write 2026-10'],
    [['--format=pdf'], 2, 'langgraph-monitor: --format: "pdf" is none of html, md, json, csv'],
    [['more'], 2, 'langgraph-monitor: report: unexpected more'],
    [['--month=2999-01'], 1, 'langgraph-monitor: that time has not begun'],
    [['--output=FOLDER/none/x.md'], 1, /^langgraph-monitor: FOLDER\/none\/x\.md: cannot be written: ENOENT/],
    [
      ['--storage.path=FOLDER/none'],
      1,
      "FOLDER/none/samples.db: no such file; name the folder of a monitor's samples with --storage.path",
    ],
  ])('%j is exit code %i', (args, code, message) => {
    const answer = command(...args.map(arg => arg.replace('FOLDER', folder)));
    expect(answer.code).toBe(code);
    expect(answer.err).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
  });
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

  test('is sent when it is due, once, in the form of each receiver', async () => {
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

  test('messengers get a digest in which names are no markup', async () => {
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

  test('survives restarts: what was due meanwhile is sent once, and nothing twice', async () => {
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

  test('who did not get it gets it later, and the others not again', async () => {
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

  test('what is refused for good, or not taken for a day, is given up', async () => {
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

  test('what is sent and what fails is counted, from nought on, and the last times are known over restarts', async () => {
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

  test('a report that cannot be made fails for each receiver', async () => {
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
  }, 60_000);

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

describe('a schedule', () => {
  test.each([
    // On the day without 2:30 it is due when the clock has gone over that hour.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    // On the day with two of them it is due once.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    ['0 8 29 2 *', 'Asia/Kolkata', '2026-01-01T00:00:00Z', ['2028-02-29T02:30:00.000Z']],
    [
      '0 8 1 * *',
      'America/New_York',
      '2026-10-15T00:00:00Z',
      ['2026-11-01T13:00:00.000Z', '2026-12-01T13:00:00.000Z'],
    ],
  ])('%s in %s', (pattern, zone, from, wanted) => {
    const schedule = new Schedule(pattern, zone);
    let at: Millis | undefined = Date.parse(from);
    const found = wanted.map(() => {
      at = schedule.after(at as Millis);
      return new Date(at as Millis).toISOString();
    });
    expect(found).toEqual(wanted);
  });
});

test.each<[due: string, zone: string, from: string, to: string]>([
  // The first of November in Tokyo is the last of October in London and New York.
  ['2026-10-31T23:00:00Z', 'Asia/Tokyo', '2026-09-30T15:00:00Z', '2026-10-31T15:00:00Z'],
  // Clocks go back on the first of November there, and an hour is in the month twice elsewhere.
  ['2026-11-01T13:00:00Z', 'America/New_York', '2026-10-01T04:00:00Z', '2026-11-01T04:00:00Z'],
  ['2026-11-01T07:00:00Z', 'Europe/Berlin', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'],
  ['2028-03-01T02:30:00Z', 'Asia/Kolkata', '2028-01-31T18:30:00Z', '2028-02-29T18:30:00Z'],
  ['2026-01-01T08:00:00Z', 'UTC', '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
])('the month before %s in %s, whatever the zone of the process', (due, zone, from, to) => {
  const at = Date.parse(due);
  expect(scopeAt('month', at, zone).period(at)).toEqual({ from: Date.parse(from), to: Date.parse(to) });
});
