// What the sections about scraping become: defaults, what jobs inherit, further files, secrets.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConfigError } from '../../../src/config/config-error.js';
import { loadPrometheusYml } from '../../../src/scrape/config/prometheus-yml.js';
import { makeFolder, removeFolder } from '../../support/child.js';

let folder = '';
let file = '';
beforeAll(() => {
  folder = makeFolder('scrape-sections');
  file = join(folder, 'prometheus.yml');
});
afterAll(() => removeFolder(folder));

function read(text: string) {
  writeFileSync(file, text);
  return loadPrometheusYml(file).scrape;
}

function mistakesOf(text: string): readonly string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    return (error as ConfigError).mistakes;
  }
}

test('a job has defaults', () => {
  expect(read('scrape_configs: [{job_name: a}]').jobs).toEqual([
    {
      name: 'a',
      scheme: 'http',
      metricsPath: '/metrics',
      params: {},
      interval: 60_000,
      timeout: 10_000,
      relabelConfigs: [],
      targetLimit: 0,
      keepDroppedTargets: 0,
      discovery: { static: [], file: [], http: [], dns: [] },
      options: {
        honorLabels: false,
        honorTimestamps: true,
        trackTimestampsStaleness: false,
        protocols: [
          'OpenMetricsText1.0.0',
          'OpenMetricsText0.0.1',
          'PrometheusText1.0.0',
          'PrometheusText0.0.4',
        ],
        fallbackProtocol: undefined,
        enableCompression: true,
        limits: { bodySize: 0, samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0 },
        nameValidation: 'utf8',
        nameEscaping: 'allow-utf-8',
        metricRelabelConfigs: [],
        http: { follow_redirects: true },
      },
    },
  ]);
});

test('a job takes from global what it does not say', () => {
  const text = `
global:
  scrape_interval: 15s
  scrape_timeout: 5s
  external_labels: {cluster: lab}
  sample_limit: 10
  body_size_limit: 1MB
  target_limit: 3
  metric_name_validation_scheme: legacy
scrape_configs:
  - job_name: a
  - {job_name: b, scrape_interval: 2s, sample_limit: 20, metric_name_validation_scheme: utf8}
`;
  const { global, jobs } = read(text);
  expect(global).toEqual({ scrapeInterval: 15_000, scrapeTimeout: 5000, externalLabels: { cluster: 'lab' } });
  expect(jobs).toMatchObject([
    {
      interval: 15_000,
      timeout: 5000,
      targetLimit: 3,
      options: {
        limits: { samples: 10, bodySize: 1024 ** 2 },
        nameValidation: 'legacy',
        nameEscaping: 'underscores',
      },
    },
    {
      interval: 2000,
      timeout: 2000,
      options: { limits: { samples: 20 }, nameValidation: 'utf8', nameEscaping: 'allow-utf-8' },
    },
  ]);
});

test('files of scrape_config_files have jobs that come last, with paths relative to themselves', () => {
  writeFileSync(
    join(folder, 'extra-a.yml'),
    'scrape_configs: [{job_name: b, file_sd_configs: [{files: [x.yml]}]}]\n',
  );
  writeFileSync(join(folder, 'extra-b.yml'), '# nothing\n');
  const { jobs, files } = read(
    'global: {scrape_interval: 7s}\nscrape_configs: [{job_name: a}]\nscrape_config_files: [extra-*.yml]\n',
  );
  expect(files).toEqual([join(folder, 'extra-a.yml'), join(folder, 'extra-b.yml')]);
  expect(jobs).toMatchObject([
    { name: 'a' },
    {
      name: 'b',
      interval: 7000,
      discovery: { file: [{ files: [join(folder, 'x.yml')], refreshInterval: 300_000 }] },
    },
  ]);
});

test('a mistake in a further file names it', () => {
  const other = join(folder, 'other.yml');
  writeFileSync(other, 'scrape_configs: [{job_name: a}]\n');
  expect(mistakesOf('scrape_configs: [{job_name: a}]\nscrape_config_files: [other.yml]\n')).toEqual([
    `${other}: found multiple scrape configs with job name "a", first found in ${file}`,
  ]);
  writeFileSync(other, 'scrape_configs: [{job_name: c, x: 1}]\nglobal: {}\n');
  expect(mistakesOf('scrape_config_files: [other.yml]\n')).toEqual([
    `${other}: yaml: line 1: field x not found in type config.ScrapeConfig`,
    `${other}: yaml: line 2: field global not found in type config.ScrapeConfigs`,
  ]);
  writeFileSync(other, 'scrape_configs: [\n');
  expect(mistakesOf('scrape_config_files: [other.yml]\n')).toEqual([
    expect.stringMatching(/other\.yml: yaml: line \d+: /),
  ]);
});

test('what has no effect is a warning with its place', () => {
  const { warnings } = read(
    'global:\n  evaluation_interval: 15s\nscrape_configs: [{job_name: a, scrape_protocols: [PrometheusProto, PrometheusText0.0.4]}]\n',
  );
  expect(warnings).toEqual([
    `${file}: yaml: line 2: global.evaluation_interval has no effect: rules are evaluated every query.scrape_interval`,
    `${file}: yaml: line 3: PrometheusProto is not supported and left out`,
  ]);
});

test('secrets are read and not shown', () => {
  writeFileSync(join(folder, 'password'), ' hidden-in-file \n');
  const { jobs, masked } = read(`
scrape_configs:
  - job_name: a
    basic_auth: {username: me, password: hidden-a}
    http_sd_configs:
      - url: http://127.0.0.1/
        authorization: {credentials: hidden-b}
  - job_name: b
    basic_auth: {username: me, password_file: password}
`);
  expect(jobs[0]?.options.http.basic_auth?.password?.reveal()).toBe('hidden-a');
  expect(jobs[0]?.discovery.http[0]?.http.authorization?.credentials?.reveal()).toBe('hidden-b');
  expect(jobs[1]?.options.http.basic_auth?.password?.reveal()).toBe('hidden-in-file');
  expect(masked).toContain('password: <secret>');
  expect(masked).not.toContain('hidden');
  expect(JSON.stringify(jobs)).not.toContain('hidden');
});
