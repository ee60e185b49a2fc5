// The shipped alertmanager.yml: the document's table of receivers, in Alertmanager and in the embedded one.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { StoredAlert } from '../../src/alertmanager/alert-store.js';
import { loadAlertmanagerConfig } from '../../src/alertmanager/config/load.js';
import { fingerprintOf } from '../../src/alertmanager/fingerprint.js';
import { Inhibitor } from '../../src/alertmanager/mute/inhibition.js';
import { checkRoutes } from '../../src/cli/routes.js';
import { Labels } from '../../src/model/labels.js';
import { readRuleFile } from '../../src/rules/read.js';
import { type AlertmanagerServer, startAlertmanager } from '../support/alertmanager.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { ROOT, tool } from './tool.js';

const FILE = join(ROOT, 'alertmanager.yml');
const text = readFileSync(FILE, 'utf8');
/** With every commented-out setting. */
const switchedOn = text.replace(/^( *)# ( *(?:- )?[a-z_]+:.*)$/gm, '$1$2');
const config = loadAlertmanagerConfig(FILE);

let folder: string;
beforeAll(() => {
  folder = makeFolder('shipped');
  writeFileSync(join(folder, 'on.yml'), switchedOn);
});
afterAll(() => removeFolder(folder));

test('amtool accepts the file, with its commented-out settings and without', () => {
  for (const file of [FILE, join(folder, 'on.yml')])
    expect(tool('amtool', ['check-config', file])).toMatchObject({ status: 0, stderr: '' });
});

test('every receiver but the log needs a commented-out setting', () => {
  const { receivers } = load(switchedOn) as { receivers: Record<string, unknown>[] };
  expect(receivers.map(({ name, ...settings }) => [name, Object.keys(settings)])).toEqual([
    ['slack', ['slack_configs']],
    ['email', ['email_configs']],
    ['sms', ['webhook_configs']],
    ['heartbeat', ['webhook_configs']],
    ['log', []],
  ]);
  const kindsOf = ({ receivers }: typeof config) =>
    receivers.map(({ name, integrations }) => [name, integrations.map(({ integration }) => integration)]);
  expect(kindsOf(config)).toEqual(receivers.map(({ name }) => [name, []]));
  expect(kindsOf(loadAlertmanagerConfig(join(folder, 'on.yml')))).toEqual([
    ['slack', ['slack']],
    ['email', ['email']],
    ['sms', ['webhook']],
    ['heartbeat', ['webhook']],
    ['log', []],
  ]);
});

const down = ['alertname=ServiceDown', 'target=redis', 'instance=m'];
const failing = (integration: string) => [
  'alertname=MonitorNotificationsFailing',
  'severity=warning',
  `integration=${integration}`,
];
const risen = (severity: string, level: string, escalates = 'ServiceDown') => [
  `alertname=${severity === 'critical' ? 'Critical' : 'Warning'}EscalatedTo${level}`,
  `severity=${severity}`,
  `escalation=${level.toLowerCase()}`,
  `escalates=${escalates}`,
  'target=redis',
];

describe('the receivers of an alert', () => {
  test.each<[what: string, labels: string[], receivers: string]>([
    ['critical', [...down, 'severity=critical'], 'slack'],
    ['critical, after 5 minutes', risen('critical', 'Level2'), 'slack,email'],
    ['critical, after 15 minutes', risen('critical', 'Level3'), 'slack,email,sms'],
    ['warning', [...down, 'severity=warning'], 'slack'],
    ['warning, after 15 minutes', risen('warning', 'Level2'), 'slack,email'],
    ['info', [...down, 'severity=info'], 'log'],
    [
      'an objective that is missed',
      ['alertname=ErrorBudgetBurning', 'severity=objective', 'target=redis'],
      'slack',
    ],
    ['the heartbeat', ['alertname=Heartbeat', 'severity=none'], 'heartbeat'],
    ['no severity', ['alertname=Mine'], 'slack'],
    ['Slack fails', failing('slack'), 'email'],
    ['e-mail fails', failing('email'), 'slack'],
    ['SMS fails', failing('webhook'), 'slack'],
    [
      'Slack still fails',
      [...risen('warning', 'Level2', 'MonitorNotificationsFailing'), 'integration=slack'],
      'email',
    ],
    [
      'e-mail still fails',
      [...risen('warning', 'Level2', 'MonitorNotificationsFailing'), 'integration=email'],
      'log',
    ],
    [
      'SMS still fails',
      [...risen('warning', 'Level2', 'MonitorNotificationsFailing'), 'integration=webhook'],
      'slack,email',
    ],
  ])('%s', (_, labels, receivers) => {
    const flag = `--config.file=${FILE}`;
    const amtool = tool('amtool', ['config', 'routes', 'test', flag, ...labels]);
    expect(amtool).toMatchObject({ status: 0, stdout: `${receivers}\n` });
    const out: string[] = [];
    const code = checkRoutes([flag, ...labels], { out: line => out.push(line), err: line => out.push(line) });
    expect({ code, out }).toEqual({ code: 0, out: [receivers] });
  });

  test('the shipped rules have no other severities', () => {
    const rules = readdirSync(join(ROOT, 'rules'))
      .filter(name => name.endsWith('.rules.yml'))
      .flatMap(name => readRuleFile(name, readFileSync(join(ROOT, 'rules', name), 'utf8')).groups)
      .flatMap(group => group.rules);
    const escalations = rules.flatMap(({ labels }) => (labels.escalation ? [labels.escalation] : []));
    expect(new Set(escalations)).toEqual(new Set(['level2', 'level3']));
  });
});

interface Case {
  readonly what: string;
  readonly source: Record<string, string>;
  readonly target: Record<string, string>;
  readonly mutes: boolean;
}

const critical = { alertname: 'ServiceDown', severity: 'critical', target: 'redis', instance: 'm' };
const warning = { alertname: 'RedisMemoryHigh', severity: 'warning', target: 'redis', instance: 'm' };
const copy = { escalates: 'x', escalation: 'level2' };
const named = (alertname: string, severity = 'objective') => ({ ...warning, alertname, severity });
const mild = named('ServiceDown', 'warning');

const CASES: Case[] = [
  { what: 'a warning of the same target', source: critical, target: warning, mutes: true },
  {
    what: 'an info of the same target',
    source: critical,
    target: { ...warning, severity: 'info' },
    mutes: true,
  },
  {
    what: 'what has risen from a warning of it',
    source: critical,
    target: { ...warning, ...copy, alertname: 'WarningEscalatedToLevel2' },
    mutes: true,
  },
  { what: 'not another target', source: critical, target: { ...warning, target: 'tools' }, mutes: false },
  { what: "not another monitor's", source: critical, target: { ...warning, instance: 'n' }, mutes: false },
  {
    what: 'not what has risen from itself',
    source: critical,
    target: { ...critical, ...copy, alertname: 'CriticalEscalatedToLevel2' },
    mutes: false,
  },
  {
    what: 'not another critical one',
    source: critical,
    target: { ...critical, alertname: 'CertificateExpiring' },
    mutes: false,
  },
  {
    what: 'nothing by what has risen alone',
    source: { ...critical, ...copy, alertname: 'CriticalEscalatedToLevel3' },
    target: warning,
    mutes: false,
  },
  {
    what: 'nothing by an alert about no target',
    source: { alertname: 'MonitorProbesStopped', severity: 'critical', instance: 'm' },
    target: warning,
    mutes: false,
  },
  {
    what: 'nor another one about none',
    source: { alertname: 'MonitorProbesStopped', severity: 'critical', instance: 'm' },
    target: { alertname: 'MonitorScanLag', severity: 'warning', instance: 'm' },
    mutes: false,
  },
  {
    what: 'nor does one of lower severity, what is no echo of it',
    source: mild,
    target: warning,
    mutes: false,
  },
  ...['ServiceDegraded', 'ServiceFlapping', 'ServiceSlowerThanUsual'].flatMap(name => [
    {
      what: `${name} by an outage of any severity`,
      source: mild,
      target: named(name, 'warning'),
      mutes: true,
    },
    {
      what: `what has risen from ${name} by an outage of any severity`,
      source: mild,
      target: { ...warning, ...copy, escalates: name, alertname: 'WarningEscalatedToLevel2' },
      mutes: true,
    },
  ]),
  ...['ErrorBudgetBurningFast', 'ErrorBudgetBurning', 'ErrorBudgetBurningSlowly'].flatMap(name => [
    { what: `${name} by an outage`, source: critical, target: named(name), mutes: true },
    { what: `${name} by one of any severity`, source: mild, target: named(name), mutes: true },
    {
      what: `${name} by flapping`,
      source: named('ServiceFlapping', 'warning'),
      target: named(name),
      mutes: true,
    },
    {
      what: `not ${name} of another target`,
      source: critical,
      target: { ...named(name), target: 'x' },
      mutes: false,
    },
  ]),
  ...[
    ['ErrorBudgetBurningFast', 'ErrorBudgetBurning', true],
    ['ErrorBudgetBurningFast', 'ErrorBudgetBurningSlowly', true],
    ['ErrorBudgetBurning', 'ErrorBudgetBurningSlowly', true],
    ['ErrorBudgetBurning', 'ErrorBudgetBurningFast', false],
    ['ErrorBudgetBurningSlowly', 'ErrorBudgetBurning', false],
  ].map(([source, target, mutes]) => ({
    what: `${mutes ? '' : 'not '}${target} by ${source}`,
    source: named(source as string),
    target: named(target as string),
    mutes: mutes as boolean,
  })),
  ...[
    ['NodeFilesystemAlmostFull', 'NodeFilesystemFilling', { mountpoint: '/' }],
    ['NodeTemperatureHigh', 'NodeThrottled', {}],
    ['GpuTemperatureHigh', 'GpuThrottled', { gpu: '0' }],
    ['ModelServerStalled', 'ModelServerQueue', {}],
    ['ModelServerStalled', 'ModelServerCacheFull', {}],
  ].flatMap(([source, target, of]) => {
    const scraped = (alertname: unknown, more = {}) => ({
      ...{ alertname: `${alertname}`, severity: 'warning', job: 'exporter', instance: 'n:9100' },
      ...(of as object),
      ...more,
    });
    const another = Object.fromEntries(Object.keys({ job: '', ...(of as object) }).map(key => [key, 'x']));
    return [
      { what: `${target} by ${source}`, source: scraped(source), target: scraped(target), mutes: true },
      {
        what: `not ${target} by ${source} of another`,
        source: scraped(source),
        target: scraped(target, another),
        mutes: false,
      },
    ];
  }),
];

const NOW = Date.parse('2026-05-01T12:00:00Z');

function known(labels: Record<string, string>): StoredAlert {
  const set = Labels.of(labels);
  return {
    fingerprint: fingerprintOf(set),
    labels: set,
    annotations: {},
    startsAt: NOW - 60_000,
    endsAt: NOW + 60_000,
    updatedAt: NOW,
    generatorUrl: '',
    isEndGuessed: false,
    isUnconfirmed: false,
  };
}

describe('an alert mutes', () => {
  // Cases do not mute each other, because all rules have a label of the case in `equal`.
  const apart = CASES.map(({ source, target }, i) => ({
    source: { ...source, instance: `${source.instance}${i}` },
    target: { ...target, instance: `${target.instance}${i}` },
  }));
  let alertmanager: AlertmanagerServer;
  beforeAll(async () => {
    alertmanager = await startAlertmanager(text);
    await alertmanager.post(
      'alerts',
      apart.flatMap(({ source, target }) => [{ labels: source }, { labels: target }]),
    );
    // Whether an alert is muted is known when its group was notified.
    await vi.waitFor(async () => expect(await statesOf(alertmanager)).not.toContain('unprocessed'), {
      timeout: 60_000,
      interval: 200,
    });
  });
  afterAll(() => alertmanager.close());

  test.each(CASES)('$what', async ({ source, target, mutes }) => {
    const inhibitor = new Inhibitor(config.inhibitRules, [known(source), known(target)]);
    expect(inhibitor.muting(Labels.of(target), NOW) !== undefined).toBe(mutes);
  });

  test.each(CASES.map(({ what, mutes }, i) => ({ what, mutes, i })))(
    'in Alertmanager, $what',
    async ({ mutes, i }) => {
      const wanted = fingerprintOf(Labels.of(apart[i]?.target as Record<string, string>));
      const found = (await alertsOf(alertmanager)).find(({ fingerprint }) => fingerprint === wanted);
      expect(found?.status.inhibitedBy).toHaveLength(mutes ? 1 : 0);
    },
  );
});

interface ApiAlert {
  readonly fingerprint: string;
  readonly status: { readonly state: string; readonly inhibitedBy: string[] };
}

function alertsOf(server: AlertmanagerServer): Promise<ApiAlert[]> {
  return server.get('alerts');
}

async function statesOf(server: AlertmanagerServer): Promise<string[]> {
  return (await alertsOf(server)).map(({ status }) => status.state);
}
