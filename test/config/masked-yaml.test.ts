// The public form of alertmanager.yml, with secrets masked.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadAlertmanagerConfig } from '../../src/alertmanager/config/load.js';
import { readAlertmanagerConfig } from '../../src/alertmanager/config/read.js';
import { maskedConfig } from '../../src/config/masked-yaml.js';
import { parseYamlTree, type YamlNode } from '../../src/config/yaml-tree.js';
import { makeFolder, removeFolder } from '../support/child.js';

const scratch = makeFolder('shown');
afterAll(() => removeFolder(scratch));

const shown = (text: string): string => readAlertmanagerConfig('alertmanager.yml', text).masked;

/** The same of any YAML, where the values of some keys are secrets. */
function shownTree(text: string): string {
  const secrets = new Set<YamlNode>();
  const walk = (node: YamlNode | undefined) => {
    if (node?.kind === 'sequence') node.items.forEach(walk);
    if (node?.kind !== 'mapping') return;
    for (const { key, value } of node.entries) {
      const name = key.kind === 'scalar' ? key.text : '';
      if (['password', 'webhook_url'].includes(name)) secrets.add(value);
      if (name === 'secrets' && value.kind === 'sequence') for (const item of value.items) secrets.add(item);
      walk(value);
    }
  };
  const root = parseYamlTree(text);
  walk(root);
  return maskedConfig(root, secrets);
}

/** Every value with `hunter` in it is a secret. */
const SECRETS = `# hunter0 is in a comment
global:
  smtp_smarthost: mail.example.org:25
  smtp_from: a@example.org
  smtp_auth_username: me
  smtp_auth_password: hunter1
  smtp_auth_secret: "hunter2"
  slack_api_url: https://hooks.example.org/hunter3
  pagerduty_url: https://me:hunter4@events.example.org/v2
  victorops_api_key: hunter5
  http_config:
    authorization: { type: Token, credentials: hunter6 }
route:
  receiver: a
  group_by: [alertname, password]
  repeat_interval: 1h
  routes:
    - matchers: [token="kept", 'a=~"b|c"']
      match: { password: kept }
      continue: true
receivers:
  - name: a
    webhook_configs:
      - url: https://example.org/hunter8
        send_resolved: false
        http_config: { basic_auth: { username: me, password: "hunter9\\nhunter10" } }
    slack_configs:
      - &slack { api_url: 'https://hooks.example.org/hunter11', channel: '#a', title: '{{ "x" }}: y' }
      - *slack
    pagerduty_configs:
      - routing_key: hunter12
        details: { a: 'yes', b: "line\\nfeed", c: '12', d: 'null' }
    telegram_configs:
      - { bot_token: hunter13, chat_id: 42, api_url: https://telegram.example.org }
    email_configs:
      - { to: b@example.org, auth_password: hunter14, headers: { Subject: 'Re: it' } }
`;

test('secrets are masked, everything else is shown', () => {
  const text = shown(SECRETS);
  expect(text).not.toContain('hunter');
  expect(text.match(/<secret>/g)).toHaveLength(12);
  for (const kept of [
    'smtp_auth_username: me',
    'password: kept',
    'group_by:\n    - alertname\n    - password\n',
    'pagerduty_url: https://me:xxxxx@events.example.org/v2',
    'chat_id: 42',
    'url: https://example.org/<secret>\n',
    'api_url: https://hooks.example.org/<secret>\n',
    'api_url: https://telegram.example.org',
    'send_resolved: false',
    'channel: "#a"',
    'c: "12"',
    'b: "line\\nfeed"',
  ])
    expect(text).toContain(kept);
});

describe('a secret is masked in every YAML form', () => {
  const receivers = (text: string) => `route: { receiver: a }\nreceivers:\n${text}`;
  test.each<[name: string, text: string]>([
    [
      'by an alias of the value',
      receivers('- name: a\n  webhook_configs: [{ url: &u "http://h/hunter1" }, { url: *u }]\n'),
    ],
    [
      'by a merged mapping',
      receivers(
        '- name: a\n  webhook_configs:\n  - &w { url: http://h/hunter1 }\n  - { <<: *w, max_alerts: 3 }\n',
      ),
    ],
    [
      'by a mapping that is merged where it is written',
      receivers('- name: a\n  webhook_configs:\n  - { <<: { url: http://h/hunter1 } }\n'),
    ],
    [
      'by several merged mappings',
      receivers(
        '- name: a\n  webhook_configs:\n  - { <<: [{ url: http://h/hunter1 }, { url: http://h/hunter2 }] }\n',
      ),
    ],
    [
      'in a merged mapping whose value is written over',
      receivers(
        '- name: a\n  webhook_configs:\n  - { <<: { url: http://h/hunter1 }, url: http://h/hunter2 }\n',
      ),
    ],
    [
      'in a template',
      receivers('- name: a\n  webhook_configs: [{ url: "http://h/hunter1/{{ .Status }}" }]\n'),
    ],
    [
      'over several lines',
      receivers('- name: a\n  pagerduty_configs:\n  - routing_key: >-\n      hunter1\n      hunter2\n'),
    ],
    [
      'as the key of a certificate',
      receivers(
        '- name: a\n  webhook_configs:\n  - { url: http://h/, http_config: { tls_config: { cert: c, key: "-----BEGIN\\nhunter1" } } }\n',
      ),
    ],
  ])('%s', (_, text) => {
    const read = shown(text);
    expect(read).not.toContain('hunter');
    expect(read).toContain('<secret>');
  });
});

test("Alertmanager's own tools can read it", () => {
  const file = join(scratch, 'shown.yml');
  writeFileSync(file, shown(SECRETS));
  const { status, stdout } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
  expect(stdout).toContain('SUCCESS');
  expect(status).toBe(0);
});

test('the masked file has the same values', () => {
  const file = new URL('../alertmanager/config/fixtures/everything.good.yml', import.meta.url).pathname;
  const before = loadAlertmanagerConfig(file);
  const again = join(scratch, 'again.yml');
  writeFileSync(again, before.masked);
  const after = loadAlertmanagerConfig(again);
  expect(after.route).toEqual(before.route);
  expect(after.inhibitRules).toEqual(before.inhibitRules);
  expect([...after.timeIntervals.keys()]).toEqual([...before.timeIntervals.keys()]);
  expect(after.global.resolveTimeout).toBe(before.global.resolveTimeout);
});

describe('one value after the other', () => {
  test.each<[text: string, want: string]>([
    ['', ''],
    ['a', 'a\n'],
    ['[]', '[]\n'],
    ['{}', '{}\n'],
    ['a:', 'a:\n'],
    ['[a, [b, {c: d, e: f}], {}]', '- a\n- - b\n  - c: d\n    e: f\n- {}\n'],
    ['{a: {b: [c]}, d: []}', 'a:\n  b:\n    - c\nd: []\n'],
    ['{a: true, b: "true", c: 1, d: "1", e: ~, f: "~"}', 'a: true\nb: "true"\nc: 1\nd: "1"\ne: ~\nf: "~"\n'],
    ['{a: "", b: " c", d: "e: f", g: "h #i", j: "- k"}', 'a: ""\nb: " c"\nd: "e: f"\ng: "h #i"\nj: "- k"\n'],
    ['a: b\n  c', 'a: b c\n'],
    ['a: |\n  b\n  c\n', 'a: "b\\nc\\n"\n'],
    ['password: ""', 'password:\n'],
    ['{password: a, password_file: b}', 'password: <secret>\npassword_file: b\n'],
    [
      'http_headers: {X: {values: [a], secrets: [b, c]}}',
      'http_headers:\n  X:\n    values:\n      - a\n    secrets:\n      - <secret>\n      - <secret>\n',
    ],
    ['webhook_url: "https://u:p@h:1?x"', 'webhook_url: https://h:1/<secret>\n'],
    ['webhook_url: "https://{{ x }}/"', 'webhook_url: <secret>\n'],
    ['a: http://u:p@h/x', 'a: http://u:xxxxx@h/x\n'],
    ['a: http://h/x@y:z', 'a: http://h/x@y:z\n'],
  ])('%j', (text, want) => {
    expect(shownTree(text)).toBe(want);
  });
});
