// One outage from the first failed check through all levels to its end, with a `kill -9` in the middle: told by the monitor
// itself, and by a real Alertmanager. The shipped rules and the shipped alertmanager.yml, with shorter times.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { startAlertmanager } from '../support/alertmanager.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { parseMail, type SmtpEndpoint, startSmtp } from '../support/smtp.js';

const PATIENCE = { timeout: 30_000, interval: 100 };
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOWN = 'Tools Server is error - Connection refused';

let folder: string;
let tools: SimulatedServer;
let slack: Endpoint;
let twilio: Endpoint;
let smtp: SmtpEndpoint;

beforeEach(async () => {
  folder = makeFolder('outage');
  tools = await startServer({ answer: () => json({ status: 'healthy' }) });
  [slack, twilio, smtp] = await Promise.all([startEndpoint(), startEndpoint(), startSmtp()]);
  twilio.behaviour = answers(201, '{"sid":"SM1","status":"queued"}', { 'content-type': 'application/json' });
  writeRules();
});
afterEach(async () => {
  await Promise.all([tools.close(), slack.close(), twilio.close(), smtp.close()]);
  removeFolder(folder);
});

/** The shipped rules; what rises after minutes rises after seconds. */
function writeRules(): void {
  cpSync(join(ROOT, 'rules'), join(folder, 'rules'), { recursive: true });
  const file = join(folder, 'rules', 'escalation.rules.yml');
  const quick = readFileSync(file, 'utf8').replaceAll('for: 5m', 'for: 3s').replaceAll('for: 15m', 'for: 8s');
  writeFileSync(file, quick);
  expect(readdirSync(join(folder, 'rules')).length).toBeGreaterThan(5);
}

/** The shipped alertmanager.yml with every way to tell people switched on, on this machine. */
function alertmanagerYml(monitorPort: number): string {
  writeFileSync(join(folder, 'slack-url'), `${slack.url}/services/T0/B0/secret`);
  const shipped = readFileSync(join(ROOT, 'alertmanager.yml'), 'utf8');
  const on = shipped.replaceAll(/^( {4})# (.*)$/gm, (line, indent: string, rest: string) =>
    /^(slack_configs|email_configs|webhook_configs|\s*(- )?(api_url_file|channel|to|url|send_resolved):)/.test(
      rest,
    )
      ? indent + rest
      : line,
  );
  const global = `global:\n  smtp_smarthost: 127.0.0.1:${smtp.port}\n  smtp_from: monitor@localhost\n  smtp_require_tls: false\n`;
  const local = on
    .replace('/etc/langgraph-monitor/slack-url', join(folder, 'slack-url'))
    .replace('http://127.0.0.1:8083/notify/sms', `http://127.0.0.1:${monitorPort}/notify/sms`)
    .replace('https://ping.example.org/monitor', `${slack.url}/heartbeat`)
    .replaceAll(/group_wait: \d+s/g, 'group_wait: 200ms')
    .replaceAll(/group_interval: \d+m/g, 'group_interval: 1s');
  return `${global}${local}`;
}

interface Attachment {
  readonly color: string;
  readonly title: string;
  readonly text: string;
}

/** Messages of Slack without the heartbeat's: each engine has its own default templates. */
function slackTold(): string[] {
  return slack.requests
    .filter(({ path }) => path !== '/heartbeat')
    .map(({ body }) => {
      const { attachments } = JSON.parse(body) as { attachments: Attachment[] };
      const { color = '', title = '', text = '' } = attachments[0] ?? {};
      return `${['#FF0000', 'danger'].includes(color) ? 'firing' : 'over'}: ${title} ${text}`;
    });
}

const mails = () => smtp.mails.map(({ raw }) => parseMail(raw).headers.subject ?? '');
const texts = () => twilio.requests.map(({ body }) => new URLSearchParams(body).get('Body') ?? '');

const engines = ['the monitor', 'a real Alertmanager'] as const;

test('a way to tell people that fails is told of by another', async () => {
  slack.behaviour = answers(500);
  const port = await freePort();
  writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerYml(port));
  const file = join(folder, 'rules', 'monitor.rules.yml');
  const quick = readFileSync(file, 'utf8').replaceAll('[5m]', '[10s]').replaceAll('for: 2m', 'for: 1s');
  writeFileSync(file, quick);
  await using monitor = await startMonitor(configurationOf(undefined), { folder });
  await tools.setFault({ kind: 'refused' });
  await expect.poll(mails, PATIENCE).toContainEqual(expect.stringContaining('MonitorNotificationsFailing'));
  expect(await monitor.json('/alerts')).toMatchObject({
    alerts: expect.arrayContaining([expect.stringMatching(/^WARNING: Alerts do not get through by slack/)]),
  });
}, 60_000);

describe('a wrong alertmanager.yml', () => {
  const wrong = 'route:\n  receiver: nobody\n  grup_by: [alertname]\nreceivers:\n  - name: ops\n';
  const mistakes = (file: string) => [
    `${file}: yaml: line 3: field grup_by not found in type config.plain`,
    `${file}: undefined receiver "nobody" used in route`,
  ];

  test('stops the start, with every mistake', async () => {
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, wrong);
    const config = writeConfiguration(folder, configurationOf(undefined));
    const { code, stderr } = await runToEnd([`--config.file=${config}`, `--storage.path=${folder}/data`]);
    expect(code).toBe(1);
    expect(mistakes(file).filter(mistake => stderr.includes(mistake)).length).toBeGreaterThan(0);
  });

  test('changes nothing on reload: the former one goes on', async () => {
    const port = await freePort();
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, alertmanagerYml(port));
    await using monitor = await startMonitor(configurationOf(undefined), { folder });
    writeFileSync(file, wrong);
    monitor.signal('SIGHUP');
    const refused = () => monitor.logged('Configuration not reloaded; the running one stays');
    await expect.poll(() => refused().length, PATIENCE).toBeGreaterThan(0);
    expect(refused()[0]?.err).toContain(file);
    await tools.setFault({ kind: 'refused' });
    // The failed reload is an alert of its own.
    await expect.poll(slackTold, PATIENCE).toContainEqual(expect.stringMatching(`^firing: .*${DOWN}`));
  }, 60_000);
});

describe.each(engines)('told by %s', engine => {
  test('at 0 s the service is refused; every level is told once; it comes back; everybody hears', async () => {
    const port = await freePort();
    const text = alertmanagerYml(port);
    writeFileSync(join(folder, 'alertmanager.yml'), text);
    const alertmanager = engine === 'the monitor' ? undefined : await startAlertmanager(text);
    try {
      await outage(port, alertmanager?.url);
    } finally {
      await alertmanager?.close();
    }
  }, 120_000);
});

/** The monitor's own: one critical service, checked twice a second. */
function configurationOf(alertmanager: string | undefined): object {
  const sms = {
    ...{ account_sid: 'AC1', auth_token: 'hunter2', from: '+15005550006', to: ['+15005550009'] },
    api_url: twilio.url,
  };
  const delivery = alertmanager ? { alertmanagers: [alertmanager] } : { config_file: 'alertmanager.yml' };
  return {
    scan: { intervals: { critical: '500ms', other: '500ms' } },
    query: { scrape_interval: '500ms' },
    host: { enabled: false },
    alerting: { sms, ...delivery },
    services: {
      tools: {
        name: 'Tools Server',
        url: `${tools.url}/health`,
        critical: true,
        timeout: '1s',
        confirm: { failures: 2, successes: 1, every: '200ms' },
      },
    },
  };
}

async function outage(port: number, alertmanager: string | undefined): Promise<void> {
  const flags = [`--web.listen-address=127.0.0.1:${port}`];
  const start = () => startMonitor(configurationOf(alertmanager), { folder, flags });

  let monitor: RunningMonitor = await start();
  try {
    await tools.setFault({ kind: 'refused' });
    await expect.poll(slackTold, PATIENCE).toEqual([expect.stringMatching(/^firing: .*(tools|ServiceDown)/)]);
    if (!alertmanager) expect(slackTold()[0]).toContain(DOWN);
    // Level 2 reaches those of level 1 too.
    await expect.poll(() => [slackTold().length, mails().length], PATIENCE).toEqual([2, 1]);
    // A message whose answer is lost with the process would be sent again.
    const taken = () => monitor.metric('alertmanager_notifications_total{integration="email"}');
    if (!alertmanager) await expect.poll(taken, PATIENCE).toBe(1);
    const posted = () => monitor.logged('Notification sent').filter(({ receiver }) => receiver === 'slack');
    if (!alertmanager) await expect.poll(() => posted().length, PATIENCE).toBe(2);

    await monitor.kill();
    monitor = await start();
    await expect.poll(() => texts().length, PATIENCE).toBe(1);
    expect(texts()[0]).toContain('ServiceDown');
    // Level 3 reaches all; nothing is sent twice because of the restart.
    await expect.poll(() => [slackTold().length, mails().length], PATIENCE).toEqual([3, 2]);

    await tools.setFault(OK);
    await expect.poll(slackTold, PATIENCE).toHaveLength(6);
    expect(slackTold().slice(3)).toEqual(Array(3).fill(expect.stringMatching(/^over/)));
    await expect.poll(() => mails().length, PATIENCE).toBe(4);
    await expect.poll(() => texts().length, PATIENCE).toBe(2);
    expect(mails()[3]).toMatch(/resolved/i);

    await expectHistory(monitor, alertmanager === undefined);
    expect(monitor.output).not.toContain('hunter2');
    expect(monitor.output).not.toContain('/services/T0/B0/secret');
  } finally {
    await monitor[Symbol.asyncDispose]();
  }
}

interface AlertHistory {
  readonly alert_history: readonly {
    readonly service: string;
    readonly alertname: string;
    readonly ends_at?: string;
    readonly escalation?: string;
    readonly notifications: readonly { readonly integration: string; readonly status: string }[];
  }[];
}

/** What the audit trail says of the outage. */
async function expectHistory(monitor: RunningMonitor, isTold: boolean): Promise<void> {
  const { alert_history } = await monitor.json<AlertHistory>('/alert_history?alertname=ServiceDown');
  expect(alert_history).toMatchObject([
    { service: 'tools', escalation: 'level3', ends_at: expect.any(String) },
  ]);
  if (!isTold) return;
  const told = alert_history[0]?.notifications.map(({ integration, status }) => `${integration} ${status}`);
  expect(told?.sort()).toEqual(
    [
      ...['email firing', 'email firing', 'email resolved', 'email resolved'],
      ...['slack firing', 'slack firing', 'slack firing'],
      ...['slack resolved', 'slack resolved', 'slack resolved'],
      'webhook firing',
      'webhook resolved',
    ].sort(),
  );
}
