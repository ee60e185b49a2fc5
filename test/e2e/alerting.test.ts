// One outage from the first failed check through all levels to its end, with a `kill -9` in the middle: notified by the
// monitor itself, and by a real Alertmanager. The shipped rules and the shipped alertmanager.yml, with shorter times.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { startAlertmanager } from '../support/alertmanager.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { parseMail, type SmtpEndpoint, startSmtp } from '../support/smtp.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOWN = 'Tools Server is error - Connection refused';

/** A service, and servers for all receivers. Each test has its own: the tests run at once. */
class World implements AsyncDisposable {
  readonly folder: string;
  readonly tools: SimulatedServer;
  readonly slack: Endpoint;
  readonly #twilio: Endpoint;
  readonly #smtp: SmtpEndpoint;

  private constructor(folder: string, [tools, slack, twilio, smtp]: Servers) {
    this.folder = folder;
    this.tools = tools;
    this.slack = slack;
    this.#twilio = twilio;
    this.#smtp = smtp;
  }

  static async start(): Promise<World> {
    const tools = startServer({ answer: () => json({ status: 'healthy' }) });
    const servers: Servers = await Promise.all([tools, startEndpoint(), startEndpoint(), startSmtp()]);
    const [, , twilio] = servers;
    const headers = { 'content-type': 'application/json' };
    twilio.behaviour = answers(201, '{"sid":"SM1","status":"queued"}', headers);
    const folder = makeFolder('outage');
    writeRules(folder);
    return new World(folder, servers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = [this.tools, this.slack, this.#twilio, this.#smtp];
    await Promise.all(servers.map(server => server.close()));
    removeFolder(this.folder);
  }

  /** The shipped alertmanager.yml with every commented-out integration, on this machine. */
  alertmanagerYml(monitorPort: number): string {
    writeFileSync(join(this.folder, 'slack-url'), `${this.slack.url}/services/T0/B0/secret`);
    const shipped = readFileSync(join(ROOT, 'alertmanager.yml'), 'utf8');
    const on = shipped.replaceAll(/^( {4})# (.*)$/gm, (line, indent: string, rest: string) =>
      /^(slack_configs|email_configs|webhook_configs|\s*(- )?(api_url_file|channel|to|url|send_resolved):)/.test(
        rest,
      )
        ? indent + rest
        : line,
    );
    const global = `global:\n  smtp_smarthost: 127.0.0.1:${this.#smtp.port}\n  smtp_from: monitor@localhost\n  smtp_require_tls: false\n`;
    const local = on
      .replace('/etc/langgraph-monitor/slack-url', join(this.folder, 'slack-url'))
      .replace('http://127.0.0.1:8083/notify/sms', `http://127.0.0.1:${monitorPort}/notify/sms`)
      .replace('https://ping.example.org/monitor', `${this.slack.url}/heartbeat`)
      .replaceAll(/group_wait: \d+s/g, 'group_wait: 200ms')
      .replaceAll(/group_interval: \d+m/g, 'group_interval: 1s');
    return `${global}${local}`;
  }

  /** The monitor's own: one critical service, checked twice a second. */
  configuration(alertmanager?: string): object {
    const sms = {
      ...{ account_sid: 'AC1', auth_token: 'hunter2', from: '+15005550006', to: ['+15005550009'] },
      api_url: this.#twilio.url,
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
          url: `${this.tools.url}/health`,
          critical: true,
          timeout: '5s',
          confirm: { failures: 2, successes: 1, every: '200ms' },
        },
      },
    };
  }

  /** Messages of Slack without the heartbeat's: each engine has its own default templates. */
  readonly slackTold = (): string[] =>
    this.slack.requests
      .filter(({ path }) => path !== '/heartbeat')
      .map(({ body }) => {
        const { attachments } = JSON.parse(body) as { attachments: Attachment[] };
        const { color = '', title = '', text = '' } = attachments[0] ?? {};
        return `${['#FF0000', 'danger'].includes(color) ? 'firing' : 'over'}: ${title} ${text}`;
      });

  readonly mails = () => this.#smtp.mails.map(({ raw }) => parseMail(raw).headers.subject ?? '');
  readonly texts = () => this.#twilio.requests.map(({ body }) => new URLSearchParams(body).get('Body') ?? '');
}

type Servers = [SimulatedServer, Endpoint, Endpoint, SmtpEndpoint];

interface Attachment {
  readonly color: string;
  readonly title: string;
  readonly text: string;
}

/** The shipped rules, with escalations after seconds instead of minutes. */
function writeRules(folder: string): void {
  cpSync(join(ROOT, 'rules'), join(folder, 'rules'), { recursive: true });
  const file = join(folder, 'rules', 'escalation.rules.yml');
  const quick = readFileSync(file, 'utf8')
    .replaceAll('for: 5m', 'for: 3s')
    .replaceAll('for: 15m', 'for: 12s');
  writeFileSync(file, quick);
  expect(readdirSync(join(folder, 'rules')).length).toBeGreaterThan(5);
}

const engines = ['the monitor', 'a real Alertmanager'] as const;

test.concurrent('a failed integration is an alert to another one', async () => {
  await using world = await World.start();
  world.slack.behaviour = answers(500);
  const port = await freePort();
  writeFileSync(join(world.folder, 'alertmanager.yml'), world.alertmanagerYml(port));
  const file = join(world.folder, 'rules', 'monitor.rules.yml');
  const quick = readFileSync(file, 'utf8').replaceAll('[5m]', '[10s]').replaceAll('for: 2m', 'for: 1s');
  writeFileSync(file, quick);
  await using monitor = await startMonitor(world.configuration(), { folder: world.folder });
  await world.tools.setFault({ kind: 'refused' });
  await vi.waitFor(
    () => expect(world.mails()).toContainEqual(expect.stringContaining('MonitorNotificationsFailing')),
    PATIENCE,
  );
  const line = expect.stringMatching(/^WARNING: Alerts do not get through by slack/);
  await vi.waitFor(
    async () =>
      expect(await monitor.json('/alerts')).toMatchObject({ alerts: expect.arrayContaining([line]) }),
    PATIENCE,
  );
});

describe.concurrent('a wrong alertmanager.yml', () => {
  const wrong = 'route:\n  receiver: nowhere\n  grup_by: [alertname]\nreceivers:\n  - name: ops\n';
  const mistakes = (file: string) => [
    `${file}: yaml: line 3: field grup_by not found in type config.plain`,
    `${file}: undefined receiver "nowhere" used in route`,
  ];

  test('stops the start, with every mistake', async () => {
    await using world = await World.start();
    const file = join(world.folder, 'alertmanager.yml');
    writeFileSync(file, wrong);
    const config = writeConfiguration(world.folder, world.configuration());
    const { code, stderr } = await runToEnd([
      `--config.file=${config}`,
      `--storage.path=${world.folder}/data`,
    ]);
    expect(code).toBe(1);
    expect(mistakes(file).filter(mistake => stderr.includes(mistake)).length).toBeGreaterThan(0);
  });

  test('changes nothing on reload: the former one stays active', async () => {
    await using world = await World.start();
    const port = await freePort();
    const file = join(world.folder, 'alertmanager.yml');
    writeFileSync(file, world.alertmanagerYml(port));
    await using monitor = await startMonitor(world.configuration(), { folder: world.folder });
    writeFileSync(file, wrong);
    monitor.signal('SIGHUP');
    const refused = () => monitor.logged('Configuration not reloaded; the running one stays');
    await vi.waitFor(() => expect(refused().length).toBeGreaterThan(0), PATIENCE);
    expect(refused()[0]?.err).toContain(file);
    await world.tools.setFault({ kind: 'refused' });
    // The failed reload is an alert of its own.
    await vi.waitFor(
      () => expect(world.slackTold()).toContainEqual(expect.stringMatching(`^firing: .*${DOWN}`)),
      PATIENCE,
    );
  });
});

describe.concurrent.each(engines)('notified by %s', engine => {
  test('at 0 s connections are refused; every level is notified once; the service recovers; all receivers get the resolution', async () => {
    await using world = await World.start();
    const port = await freePort();
    const text = world.alertmanagerYml(port);
    writeFileSync(join(world.folder, 'alertmanager.yml'), text);
    const alertmanager = engine === 'the monitor' ? undefined : await startAlertmanager(text);
    try {
      await outage(world, port, alertmanager?.url);
    } finally {
      await alertmanager?.close();
    }
  });
});

async function outage(world: World, port: number, alertmanager: string | undefined): Promise<void> {
  const flags = [`--web.listen-address=127.0.0.1:${port}`];
  const start = () => startMonitor(world.configuration(alertmanager), { folder: world.folder, flags });

  let monitor: RunningMonitor = await start();
  try {
    await world.tools.setFault({ kind: 'refused' });
    await vi.waitFor(
      () => expect(world.slackTold()).toEqual([expect.stringMatching(/^firing: .*(tools|ServiceDown)/)]),
      PATIENCE,
    );
    if (!alertmanager) expect(world.slackTold()[0]).toContain(DOWN);
    // Level 2 also goes to the receivers of level 1.
    await vi.waitFor(
      () => expect([world.slackTold().length, world.mails().length]).toEqual([2, 1]),
      PATIENCE,
    );
    // A message whose answer is lost with the process would be sent again.
    const taken = () => monitor.metric('alertmanager_notifications_total{integration="email"}');
    if (!alertmanager) await vi.waitFor(async () => expect(await taken()).toBe(1), PATIENCE);
    const posted = () => monitor.logged('Notification sent').filter(({ receiver }) => receiver === 'slack');
    if (!alertmanager) await vi.waitFor(() => expect(posted().length).toBe(2), PATIENCE);

    await monitor.kill();
    monitor = await start();
    await vi.waitFor(() => expect(world.texts().length).toBe(1), PATIENCE);
    expect(world.texts()[0]).toContain('ServiceDown');
    // Level 3 goes to all; the restart sends no message twice.
    await vi.waitFor(
      () => expect([world.slackTold().length, world.mails().length]).toEqual([3, 2]),
      PATIENCE,
    );

    await world.tools.setFault(OK);
    await vi.waitFor(() => expect(world.slackTold()).toHaveLength(6), PATIENCE);
    expect(world.slackTold().slice(3)).toEqual(Array(3).fill(expect.stringMatching(/^over/)));
    await vi.waitFor(() => expect(world.mails().length).toBe(4), PATIENCE);
    await vi.waitFor(() => expect(world.texts().length).toBe(2), PATIENCE);
    expect(world.mails()[3]).toMatch(/resolved/i);

    // A message is recorded once the receiver has answered.
    await vi.waitFor(() => expectHistory(monitor, alertmanager === undefined), PATIENCE);
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

/** The outage in the audit trail. */
async function expectHistory(monitor: RunningMonitor, isTold: boolean): Promise<void> {
  const { alert_history } = await monitor.json<AlertHistory>('/alert_history?alertname=ServiceDown');
  expect(alert_history).toMatchObject([
    { service: 'tools', escalation: 'level3', ends_at: expect.any(String) },
  ]);
  if (!isTold) return;
  const sent = alert_history[0]?.notifications.map(({ integration, status }) => `${integration} ${status}`);
  expect(sent?.sort()).toEqual(
    [
      ...['email firing', 'email firing', 'email resolved', 'email resolved'],
      ...['slack firing', 'slack firing', 'slack firing'],
      ...['slack resolved', 'slack resolved', 'slack resolved'],
      'webhook firing',
      'webhook resolved',
    ].sort(),
  );
}
