// The reference of monitor.yml: docs/configuration.md and docs/monitor.schema.json are made of the schemas that read the file.
// When a key has changed, `npx vitest run test/config/reference.test.ts -u` writes both again.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  configurationPage,
  configurationParts,
  configurationSchema,
} from '../../src/app/configuration-reference.js';
import { monitorYml } from '../../src/app/configuration-schema.js';
import { ConfigError, loadYaml } from '../../src/config/load.js';
import { type Key, keysOf } from '../../src/config/reference/keys.js';
import { job, VALID } from '../scrape/config/valid.js';

const ROOT = new URL('../../', import.meta.url);

/** All keys, each with the path of its section. */
const keys = configurationParts().flatMap(({ title, schema }) => allKeys(schema, title));

function allKeys(section: z.ZodObject, path: string): [name: string, key: Key][] {
  return keysOf(section).flatMap(key => {
    const name = `${path}: ${key.name}`;
    return [[name, key] as [string, Key], ...(key.section ? allKeys(key.section.schema, name) : [])];
  });
}

test('docs/configuration.md has every key as it is', async () => {
  await expect(configurationPage()).toMatchFileSnapshot('../../docs/configuration.md');
});

test('docs/monitor.schema.json is what the schemas are', async () => {
  const text = `${JSON.stringify(configurationSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../docs/monitor.schema.json');
});

test('every key has a meaning, a sentence of its own', () => {
  expect(keys.length).toBeGreaterThan(100);
  const wordless = keys.filter(([, { about }]) => !/^[A-Z`].*[.`]$/.test(about?.description ?? ''));
  expect(wordless.map(([name]) => name)).toEqual([]);
});

test('every example is one that may stand there', () => {
  const examples = keys.filter(([, { about }]) => about?.example !== undefined);
  expect(examples.length).toBeGreaterThan(30);
  const refused = examples.filter(([, { schema, about }]) => !schema.safeParse(about?.example).success);
  expect(refused.map(([name]) => name)).toEqual([]);
});

describe('the JSON schema', () => {
  const service = (more: object) => ({ services: { one: { url: 'http://127.0.0.1:1/', ...more } } });
  const cases: [name: string, config: unknown, isValid: boolean][] = [
    ['monitor.yml as it ships', yaml('monitor.yml'), true],
    ['deploy/cluster.yml', yaml('deploy/cluster.yml'), true],
    ['deploy/compose/monitor.yml', yaml('deploy/compose/monitor.yml'), true],
    ['the smallest one', service({}), true],
    ['a duration as a number', service({ timeout: 5 }), true],
    ['a number as a text', service({ sample_limit: '5' }), true],
    ['a variable for a number', service({ json_values: `$${'{VALUES:-3}'}` }), true],
    ['a flag of a variable', service({ critical: `$${'{CRITICAL:-true}'}` }), true],
    ['a secret in a file', service({ basic_auth: { username: 'a', password_file: 'p' } }), true],
    ['a kind by its other key', { services: { one: { check_type: 'redis', host: '127.0.0.1' } } }, true],
    [
      'an Alertmanager as a URL',
      { ...service({}), alerting: { alertmanagers: ['http://127.0.0.1:1'] } },
      true,
    ],
    ['no services', {}, false],
    ['services that are none', { services: {} }, false],
    ['an unknown section', { ...service({}), scans: {} }, false],
    ['an unknown key of a service', service({ timeuot: '5s' }), false],
    ["another kind's key", service({ require_models: ['a'] }), false],
    ['a required key that is missing', { services: { one: { kind: 'redis' } } }, false],
    ['a list where a text belongs', service({ name: ['a'] }), false],
    ['a number out of bounds', service({ json_values: 1001 }), false],
    ['a method that is none', service({ method: 'FETCH' }), false],
    ['a flag that is none', service({ critical: 'yes' }), false],
  ];
  const verdicts = validate(cases.map(([, config]) => config));
  const folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-reference-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  test.each(cases.map((each, i) => [...each, verdicts[i]] as const))(
    'judges as the monitor does: %s',
    (name, config, isValid, verdict) => {
      expect(verdict).toEqual(isValid ? '' : expect.stringMatching(/./));
      // Files of shipped configurations may name secrets that are made when they are used.
      if (name.includes('.yml') || name.startsWith('deploy/')) return;
      const file = join(folder, 'monitor.yml');
      writeFileSync(join(folder, 'p'), 'x');
      writeFileSync(file, JSON.stringify(config));
      const read = () => loadYaml(file, monitorYml, {});
      if (isValid) expect(read).not.toThrow();
      else expect(read).toThrow(ConfigError);
    },
  );
});

describe('the JSON schema of scraping', () => {
  const rest = { services: { one: { url: 'http://127.0.0.1:1/' } } };
  const cases: [text: string, isValid: boolean][] = [
    // Editors put in themselves what `<<` stands for.
    ...VALID.filter(text => /^(global|scrape)/.test(text) && !text.includes('<<')).map(
      (text): [string, boolean] => [text, true],
    ),
    [job(`sample_limit: "$${'{LIMIT:-5}'}", honor_labels: "$${'{HONOR:-true}'}"`), true],
    [
      job(
        'relabel_configs: [{source_labels: [a], regex: 1, action: KeepEqual, target_label: b, modulus: 2}]',
      ),
      true,
    ],
    [job('http_headers: {a: {values: [b], files: [c]}}'), true],
    [job('scrape_native_histograms: false, always_scrape_classic_histograms: true'), true],
    ['global: {scrape_intervall: 5s}', false],
    ['global: {external_labels: [a]}', false],
    ['scrape_configs: [{scrape_interval: 5s}]', false],
    [job('foo: 1'), false],
    [job('kubernetes_sd_configs: []'), false],
    [job('sample_limit: -1'), false],
    [job('sample_limit: many'), false],
    [job('honor_labels: [true]'), false],
    [job('static_configs: [{target: [a]}]'), false],
    [job('file_sd_configs: [{refresh_interval: 1m}]'), false],
    [job('http_sd_configs: [{url: a, names: [b]}]'), false],
    [job('relabel_configs: [{source_label: a}]'), false],
    [job('basic_auth: {user: a}'), false],
    [job('tls_config: {insecure: true}'), false],
    [job('proxy_url: "http://a"'), false],
    [job('oauth2: {client_id: a}'), false],
  ];
  const parsed = cases.map(([text]) => load(text) as Record<string, unknown>);
  const verdicts = validate(
    parsed.map(({ global, scrape_configs }) => ({
      ...rest,
      ...(global === undefined ? {} : { global }),
      ...(scrape_configs === undefined ? {} : { scrape_configs }),
    })),
  );

  test.each(cases.map((each, i) => [...each, verdicts[i]] as const))(
    'judges as the monitor does: %s',
    (_, isValid, verdict) => {
      expect(verdict).toEqual(isValid ? '' : expect.stringMatching(/./));
    },
  );
});

function yaml(path: string): unknown {
  return load(readFileSync(new URL(path, ROOT), 'utf8'));
}

/** Python's jsonschema on each. @returns the first mistake of each, empty where there is none */
function validate(configs: readonly unknown[]): string[] {
  const program = [
    'import json, sys, jsonschema',
    'given = json.load(sys.stdin)',
    'jsonschema.Draft202012Validator.check_schema(given["schema"])',
    'judge = jsonschema.Draft202012Validator(given["schema"])',
    'first = lambda config: next((error.message for error in judge.iter_errors(config)), "")',
    'print(json.dumps([first(config) for config in given["configs"]]))',
  ].join('\n');
  const input = JSON.stringify({ schema: configurationSchema(), configs });
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', program], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}
