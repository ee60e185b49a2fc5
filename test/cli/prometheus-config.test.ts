// `check-config prometheus.yml` beside `promtool check config`: they agree on what is valid.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkConfig } from '../../src/cli/check-config.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { promtoolCheck } from '../support/promtool.js';

let folder = '';
let file = '';
beforeAll(() => {
  folder = makeFolder('check-prometheus');
  file = join(folder, 'prometheus.yml');
  mkdirSync(join(folder, 'rules'));
  mkdirSync(join(folder, 'sd'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('rules/a.yml', 'groups: [{name: a, rules: [{record: a, expr: up}]}]\n');
  write('broken.rules.yml', 'groups: [{name: a, rules: [{record: a, expr: up + }]}]\n');
  write('sd/good.yml', '- targets: ["127.0.0.1:1", "127.0.0.1:2"]\n');
  write('sd/good.json', '[{"targets": ["127.0.0.1:3"]}]');
  write('broken.json', '[{"targets": [1]}]');
  write('unknown.yml', '- target: []\n');
  write('slash.yml', '- targets: ["127.0.0.1/metrics"]\n');
  write('token', 'secret\n');
});
afterAll(() => removeFolder(folder));

async function check(text: string) {
  writeFileSync(file, text);
  return checkFile(file);
}

async function checkFile(path: string) {
  const lines: string[] = [];
  const problems: string[] = [];
  const code = await checkConfig([path], { out: line => lines.push(line), err: line => problems.push(line) });
  return { isValid: code === 0, lines, problems: problems.map(each => each.replaceAll(`${folder}/`, '')) };
}

const job = (keys: string) => `scrape_configs: [{job_name: a, ${keys}}]\n`;

test.each<[string, string, string[]]>([
  ['nothing but global', 'global: {scrape_interval: 15s}\n', []],
  ['static targets', job('static_configs: [{targets: ["127.0.0.1:1", localhost]}]'), []],
  ['target files', job('file_sd_configs: [{files: [sd/*.yml, sd/good.json]}]'), []],
  [
    'a target file that is missing',
    job('file_sd_configs: [{files: [none.yml]}]'),
    ['warning: prometheus.yml: job "a": file "none.yml" for file_sd does not exist'],
  ],
  ['rule files', `rule_files: [rules/*.yml, none/*.yml]\n${job('')}`, []],
  [
    'a password that is missing',
    job('basic_auth: {username: a, password_file: none}'),
    ['warning: prometheus.yml: job "a": cannot read none: no such file'],
  ],
  ['credentials', job('authorization: {credentials_file: token}'), []],
  [
    'sections that are not read',
    'global: {}\nalerting: {}\nremote_write: []\nstorage: {}\n',
    [
      'warning: prometheus.yml: not read, since only a Prometheus has a use for it: alerting, storage, remote_write',
    ],
  ],
  [
    'more targets than are allowed',
    job('target_limit: 1, file_sd_configs: [{files: [sd/*.yml]}]'),
    ['warning: prometheus.yml: job "a": target_limit exceeded (number of targets: 2, limit: 1)'],
  ],
])('valid to both: %s', async (_, text, problems) => {
  const ours = await check(text);
  expect(ours).toMatchObject({ isValid: true, problems });
  expect(promtoolCheck(file)).toMatchObject({ isValid: true });
});

test.each<[string, string, string[]]>([
  [
    'an unknown key',
    'scrape_configs: []\nfoo: 1\n',
    ['prometheus.yml: yaml: line 2: field foo not found in type config.plain'],
  ],
  ['no YAML', 'scrape_configs: [\n', ['prometheus.yml:2:1: not valid YAML: deficient indentation']],
  [
    'a broken target file',
    job('file_sd_configs: [{files: [broken.json]}]'),
    ['prometheus.yml: job "a": broken.json: [0].targets[0]: expected a text'],
  ],
  [
    'a target file with an unknown key',
    job('file_sd_configs: [{files: [unknown.yml]}]'),
    [
      expect.stringContaining(
        'prometheus.yml: job "a": unknown.yml: yaml: line 1: field target not found in type struct',
      ),
    ],
  ],
  [
    'a target file with an address that is none',
    job('file_sd_configs: [{files: [slash.yml]}]'),
    [
      'prometheus.yml: job "a": instance 0 in group slash.yml:0: "127.0.0.1/metrics:80" is not a valid hostname',
    ],
  ],
  [
    'a scheme that is none',
    job('scheme: gopher, static_configs: [{targets: [localhost]}]'),
    ['prometheus.yml: job "a": instance 0 in group 0: invalid scheme: "gopher"'],
  ],
  [
    'no address after relabelling',
    job(
      'static_configs: [{targets: [localhost]}], relabel_configs: [{regex: __address__, action: labeldrop}]',
    ),
    ['prometheus.yml: job "a": instance 0 in group 0: no address'],
  ],
  [
    'a rule file that is missing',
    'global: {}\nrule_files: [none.yml]\n',
    [expect.stringContaining('prometheus.yml: rule_files: "none.yml" does not point to an existing file')],
  ],
  [
    'a broken rule file',
    'global: {}\nrule_files: [broken.rules.yml]\n',
    [expect.stringContaining('broken.rules.yml')],
  ],
  [
    'credentials that are missing',
    job('authorization: {credentials_file: none}'),
    ['prometheus.yml: job "a": cannot read none: no such file'],
  ],
  [
    'a certificate that is missing',
    job('tls_config: {cert_file: none, key_file: none}'),
    [
      expect.stringContaining('cannot read none: no such file'),
      expect.stringContaining('cannot read none: no such file'),
    ],
  ],
])('refused by both: %s', async (_, text, problems) => {
  const ours = await check(text);
  expect(ours).toMatchObject({ isValid: false, problems });
  expect(promtoolCheck(file)).toMatchObject({ isValid: false });
});

test('what is in it is counted', async () => {
  const text = `rule_files: [rules/*.yml]\nscrape_configs: [{job_name: a, file_sd_configs: [{files: [sd/*.yml, sd/*.json]}]}, {job_name: b}]\n`;
  expect((await check(text)).lines).toEqual([`${file}: valid, 2 jobs, 3 targets, 1 rule file`]);
});

test('deploy/prometheus.yml is valid to both, its rules beside it', async () => {
  const shipped = fileURLToPath(new URL('../../deploy/prometheus.yml', import.meta.url));
  const { isValid, problems } = await checkFile(shipped);
  expect({ isValid, problems }).toEqual({
    isValid: true,
    problems: [
      `warning: ${shipped}: yaml: line 5: global.evaluation_interval has no effect: rules are evaluated every query.scrape_interval`,
      `warning: ${shipped}: not read, since only a Prometheus has a use for it: alerting`,
    ],
  });
  expect(promtoolCheck(shipped)).toMatchObject({ isValid: true });
});

test.each([
  ['scrape_configs: []\n', 'prometheus'],
  ['global: {}\nscrape_configs: []\nservices: {}\n', 'monitor'],
  ['scrape_configs: []\nnode: a\n', 'monitor'],
  ['global: {}\nroute: {receiver: a}\nreceivers: [{name: a}]\n', 'alertmanager'],
])('%j is read as that of %s', async (text, kind) => {
  const { lines, problems } = await check(text);
  const said = [...lines, ...problems].join('\n');
  const words = { prometheus: '0 jobs', monitor: 'services', alertmanager: '1 receiver' };
  expect(said).toContain(words[kind as keyof typeof words]);
});
