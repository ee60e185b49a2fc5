// The values of a loaded alertmanager.yml.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAlertmanagerConfig } from '../../../src/alertmanager/config/load.js';
import { readAlertmanagerConfig } from '../../../src/alertmanager/config/read.js';
import { receiverKinds } from '../../../src/alertmanager/receivers/index.js';
import type { Decoder } from '../../../src/config/decode.js';
import { FileSecret } from '../../../src/config/file-secret.js';

const FIXTURES = new URL('fixtures/', import.meta.url).pathname;
const SMALL = 'route: {receiver: a}\nreceivers: [{name: a}]\n';
const read = (text: string) => readAlertmanagerConfig('/etc/monitor/alertmanager.yml', text);

test("defaults are Alertmanager's", () => {
  const { global, templates, inhibitRules, timeIntervals } = read(SMALL);
  expect(global).toEqual({
    resolveTimeout: 300_000,
    http: { follow_redirects: true },
    smtp: {
      from: '',
      hello: 'localhost',
      smarthost: undefined,
      authUsername: '',
      authPassword: undefined,
      authSecret: undefined,
      authIdentity: '',
      requireTls: true,
      tls: undefined,
      forceImplicitTls: undefined,
    },
    slackApiUrl: undefined,
    slackAppToken: undefined,
    slackAppUrl: 'https://slack.com/api/chat.postMessage',
    pagerdutyUrl: 'https://events.pagerduty.com/v2/enqueue',
    telegramApiUrl: 'https://api.telegram.org',
    telegramBotToken: undefined,
  });
  expect([templates, inhibitRules, timeIntervals]).toEqual([[], [], new Map()]);
});

test('configured values replace the defaults', () => {
  const { global, templates, inhibitRules, timeIntervals, receivers } = loadAlertmanagerConfig(
    join(FIXTURES, 'everything.good.yml'),
  );
  expect(global).toMatchObject({
    resolveTimeout: 180_000,
    http: { follow_redirects: false, tls_config: { server_name: 'other.example.org' } },
    smtp: { smarthost: { host: '::1', port: 587 }, hello: 'monitor', requireTls: false },
    pagerdutyUrl: 'https://events.example.org/v2/enqueue',
    telegramApiUrl: 'https://telegram.example.org',
  });
  expect(global.smtp.authPassword?.reveal()).toBe('hunter2');
  expect(global.slackApiUrl?.reveal()).toBe('https://hooks.example.org/services/A/B/C');
  expect(templates.map(({ file }) => file)).toEqual([join(FIXTURES, 'templates/mine.tmpl')]);
  expect(receivers.map(({ name }) => name)).toEqual(['all', 'none']);
  expect(inhibitRules.map(rule => [rule.sourceMatchers, rule.targetMatchers].map(String))).toEqual([
    ['severity="critical"', 'severity=~"warning|info",target!=""'],
    ['a="b",c=~"^(?:d|e)$"', 'f="g",h=~"^(?:i)$"'],
  ]);
  expect(inhibitRules.map(({ equal }) => equal)).toEqual([['target', 'instance'], []]);
  expect([...timeIntervals].map(([name, list]) => [name, list.length])).toEqual([
    ['weekends', 1],
    ['nights', 1],
    ['holidays', 2],
  ]);
});

test("paths of secrets' files are relative to the configuration, not to the working directory", () => {
  const { global } = read(
    `global: {slack_api_url_file: slack, smtp_auth_password_file: /run/smtp}\n${SMALL}`,
  );
  expect(global.slackApiUrl).toEqual(new FileSecret('/etc/monitor/slack'));
  expect(global.smtp.authPassword).toEqual(new FileSecret('/run/smtp'));
});

describe('smarthosts', () => {
  test.each<[text: string, want: unknown]>([
    ['mail.example.org:587', { host: 'mail.example.org', port: 587 }],
    ['localhost:smtp', { host: 'localhost', port: 25 }],
    [':25', { host: '', port: 25 }],
    ['[::1]:25', { host: '::1', port: 25 }],
  ])('%s', (text, want) => {
    const { global } = read(`global: {smtp_smarthost: '${text}'}\n${SMALL}`);
    expect(global.smtp.smarthost).toEqual(want);
  });
});

describe('integrations', () => {
  const webhooks = (list: string) =>
    `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: ${list}}]\n`;

  test('are those of the catalogue, in the order they are written', () => {
    const url = 'http://127.0.0.1/';
    const { receivers } = read(
      webhooks(
        `[{url: '${url}', send_resolved: false}, {url: '${url}'}, {<<: {send_resolved: no}, url: '${url}'}]`,
      ),
    );
    expect(receivers[0]?.integrations).toEqual([
      { integration: 'webhook', index: 0, sendResolved: false, options: expect.anything() },
      { integration: 'webhook', index: 1, sendResolved: true, options: expect.anything() },
      { integration: 'webhook', index: 2, sendResolved: false, options: expect.anything() },
    ]);
  });

  test.each<[list: string, mistake: string]>([
    ['[~]', 'missing webhook config'],
    ['[a]', 'cannot unmarshal !!str `a` into config.plain'],
    ['a', 'cannot unmarshal !!str `a` into []*config.WebhookConfig'],
    ["[{url: 'http://127.0.0.1/', send_resolved: maybe}]", 'cannot unmarshal !!str `maybe` into bool'],
    ["[{url: 'http://127.0.0.1/', sendresolved: true}]", 'field sendresolved not found in type config.plain'],
  ])('%s', (list, mistake) => {
    expect(() => read(webhooks(list))).toThrow(`/etc/monitor/alertmanager.yml: yaml: line 2: ${mistake}`);
  });

  test('a kind reads its own keys, and not the common ones', () => {
    const seen: unknown[] = [];
    const pigeon = {
      ...(receiverKinds[0] as (typeof receiverKinds)[number]),
      integration: 'pigeon',
      key: 'pigeon_configs',
      sendsResolved: false,
      read: (decoder: Decoder, node: Parameters<Decoder['fields']>[0]) => {
        seen.push(decoder.entries(node, 'pigeon').map(([name]) => name));
        return 'coo';
      },
    };
    const text =
      'route: {receiver: a}\nreceivers: [{name: a, pigeon_configs: [{send_resolved: ~, loft: b}]}]';
    const { receivers } = readAlertmanagerConfig('a.yml', text, [pigeon]);
    expect(seen).toEqual([['loft']]);
    expect(receivers[0]?.integrations).toEqual([
      { integration: 'pigeon', index: 0, sendResolved: false, options: 'coo' },
    ]);
  });
});
