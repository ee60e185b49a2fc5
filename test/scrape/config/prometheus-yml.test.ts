// prometheus.yml, beside promtool: what is valid, and the words for what is not.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from '../../../src/config/config-error.js';
import { loadPrometheusYml } from '../../../src/scrape/config/prometheus-yml.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { promtoolCheck } from '../../support/promtool.js';
import { job, VALID } from './valid.js';

let folder = '';
let file = '';
beforeAll(() => {
  folder = makeFolder('prometheus-yml');
  file = join(folder, 'prometheus.yml');
  mkdirSync(join(folder, 'sd'));
  writeFileSync(join(folder, 'password'), 'secret\n');
  writeFileSync(join(folder, 'sd', 'good.yml'), '- targets: [127.0.0.1:1]\n');
});
afterAll(() => removeFolder(folder));

function read(text: string) {
  writeFileSync(file, text);
  try {
    return { ...loadPrometheusYml(file), mistakes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { mistakes: error.mistakes };
  }
}

/** Of a mistake what promtool says too: without file and line. */
const reason = (mistake: string) => mistake.replace(/^.*?: (?:yaml: )?(?:line \d+: )?/, '');

test.each(VALID)('valid to both: %s', text => {
  expect(read(text).mistakes).toEqual([]);
  expect(promtoolCheck(file)).toMatchObject({ isValid: true });
});

const INVALID = [
  'foo: 1',
  'global: []',
  'global: {foo: 1}',
  'global: {scrape_interval: 10}',
  'global: {scrape_interval: ""}',
  'global: {scrape_interval: 1s, scrape_timeout: 2s}',
  'global: {scrape_interval: -1s}',
  'scrape_configs: {a: 1}',
  'scrape_configs: [~]',
  'scrape_configs: [1]',
  'scrape_configs: [{}]',
  'scrape_configs: [{job_name: ""}]',
  'scrape_configs: [{job_name: a}, {job_name: a}]',
  'scrape_configs: [{job_name: a}, {job_name: b}, {job_name: a}]',
  'rule_files: a.yml',
  job('foo: 1'),
  job('scrape_interval: x'),
  job('scrape_interval: 1s, scrape_timeout: 2s'),
  job('scrape_timeout: 2m'),
  job('honor_labels: maybe'),
  job('sample_limit: -1'),
  job('sample_limit: x'),
  job('body_size_limit: 10'),
  job('body_size_limit: 10XB'),
  job('body_size_limit: MB'),
  job('params: {a: b}'),
  job('params: [a]'),
  job('metrics_path: [a]'),
  job('static_configs: {targets: []}'),
  job('static_configs: [{targets: a}]'),
  job('static_configs: [{target: [a]}]'),
  job('static_configs: [{targets: [{a: b}]}]'),
  job('static_configs: [{targets: ["http://127.0.0.1:9100"]}]'),
  job('static_configs: [{targets: [127.0.0.1/metrics]}]'),
  job('static_configs: [{targets: [a], labels: [b]}]'),
  job('static_configs: [~]'),
  job('file_sd_configs: [{}]'),
  job('file_sd_configs: [{files: [a.txt]}]'),
  job('file_sd_configs: [{files: [a*b/c.yml]}]'),
  job('file_sd_configs: [{files: [a.yml], foo: 1}]'),
  job('file_sd_configs: [{files: [a.yml], refresh_interval: x}]'),
  job('http_sd_configs: [{}]'),
  job('http_sd_configs: [{url: "ftp://127.0.0.1"}]'),
  job('http_sd_configs: [{url: "http://"}]'),
  job('http_sd_configs: [{url: "http://127.0.0.1", foo: 1}]'),
  job('dns_sd_configs: [{}]'),
  job('dns_sd_configs: [{names: [a], type: A}]'),
  job('dns_sd_configs: [{names: [a], type: TXT, port: 1}]'),
  job('dns_sd_configs: [{names: [a], port: x}]'),
  job('dns_sd_configs: [{names: a}]'),
  job('basic_auth: {user: a}'),
  job('basic_auth: {username: a}, bearer_token: b'),
  job('basic_auth: {username: a}, authorization: {credentials: b}'),
  job('authorization: {type: Basic, credentials: b}'),
  job('bearer_token: a, bearer_token_file: b'),
  job('tls_config: {foo: 1}'),
  job('tls_config: {min_version: TLS9}'),
  job('relabel_configs: [~]'),
  job('metric_relabel_configs: [~]'),
  job('metric_relabel_configs: [{action: hashmod, target_label: a}]'),
  job('relabel_configs: [{source_labels: a}]'),
];

test.each(INVALID)('refused by both: %s', text => {
  const { mistakes } = read(text);
  const { isValid, output } = promtoolCheck(file);
  expect({ isValid, isOurs: mistakes.length === 0 }).toEqual({ isValid: false, isOurs: false });
  expect(output.replace(/\s+/g, ' ')).toContain(reason(mistakes[0] as string).replace(/\s+/g, ' '));
});

test.each([
  ['scrape_configs: [{job_name: a, job_name: b}]', 'mapping key "job_name" already defined at line 1'],
  [job('http_sd_configs: [{url: "127.0.0.1:80"}]'), "URL scheme must be 'http' or 'https'"],
  [
    job('basic_auth: {username: a, password: b, password_file: c}'),
    'at most one of basic_auth password, password_file & password_ref must be configured',
  ],
])('refused by both, in other words: %s', (text, want) => {
  expect(read(text).mistakes.map(reason)).toEqual([want]);
  expect(promtoolCheck(file)).toMatchObject({ isValid: false });
});

const CREDENTIALS = 'basic_auth: {username: a}, authorization: {credentials: b}';

test.each([
  [
    // Newer Prometheus refuse it, too.
    job(`http_sd_configs: [{url: "http://127.0.0.1", ${CREDENTIALS}}]`),
    'at most one of basic_auth, oauth2 & authorization must be configured',
  ],
  [
    job('proxy_url: "http://127.0.0.1:3128"'),
    'proxy_url is not supported: there are no proxies; let a Prometheus scrape this job and read its /federate',
  ],
  [
    job('oauth2: {client_id: a, client_secret: b, token_url: "http://127.0.0.1/"}'),
    'oauth2 is not supported; let a Prometheus scrape this job and read its /federate',
  ],
])('refused here alone: %s', (text, want) => {
  expect(read(text).mistakes.map(reason)).toEqual([want]);
  expect(promtoolCheck(file)).toMatchObject({ isValid: true });
});

test.each([
  [
    job('consul_sd_configs: [{server: "127.0.0.1:8500"}]'),
    'consul_sd_configs is a service discovery of Prometheus that is not supported; use file_sd_configs or http_sd_configs, which other programs can fill',
  ],
  [job('foo_sd_configs: []'), 'field foo_sd_configs not found in type config.ScrapeConfig'],
  [
    job('scrape_native_histograms: true'),
    'scrape_native_histograms: native histograms are not supported; set it to false',
  ],
  [job('scrape_protocols: []'), 'scrape_protocols cannot be empty'],
  [
    job('scrape_protocols: [a]'),
    'scrape_protocols: unknown scrape protocol a, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusText0.0.4 PrometheusText1.0.0]',
  ],
  [
    job('scrape_protocols: [PrometheusProto]'),
    'scrape_protocols: PrometheusProto is not supported; name a text format too, such as PrometheusText0.0.4',
  ],
  [
    job('fallback_scrape_protocol: a'),
    'invalid fallback_scrape_protocol: unknown scrape protocol a, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusText0.0.4 PrometheusText1.0.0]',
  ],
  [
    job('metric_name_validation_scheme: a'),
    "unknown name validation method specified, must be either '', 'legacy' or 'utf8', got a",
  ],
  [
    job('metric_name_validation_scheme: legacy, metric_name_escaping_scheme: allow-utf-8'),
    'utf8 metric names requested but validation scheme is not set to UTF8',
  ],
])('a key of a newer Prometheus or of other discoveries: %s', (text, want) => {
  expect(read(text).mistakes.map(reason)).toEqual([want]);
});

test.each([
  job(
    'scrape_protocols: [PrometheusText0.0.4, PrometheusProto], fallback_scrape_protocol: PrometheusText0.0.4',
  ),
  job('enable_compression: false, track_timestamps_staleness: true, keep_dropped_targets: 5'),
  job(
    'scrape_classic_histograms: true, always_scrape_classic_histograms: true, scrape_native_histograms: false',
  ),
  job('native_histogram_bucket_limit: 100, native_histogram_min_bucket_factor: 1.1'),
  job('http_headers: {X-Scope-OrgID: {values: [lab]}}'),
  job('dns_sd_configs: [{names: [a], type: NS, port: 53}]'),
  job('relabel_configs: [{target_label: "a.b", replacement: c}]'),
  'global: {external_labels: {"a.b": c}, sample_limit: 100, metric_name_validation_scheme: utf8}',
])('valid to a newer Prometheus: %s', text => {
  expect(read(text).mistakes).toEqual([]);
});

test('sections that are not read are named, rule files are listed', () => {
  const text = 'rule_files: [a/*.yml]\nalerting: {}\nstorage: {}\nremote_write: []\nscrape_configs: []\n';
  expect(read(text)).toMatchObject({
    ruleFiles: ['a/*.yml'],
    notRead: ['alerting', 'storage', 'remote_write'],
  });
});

test('every mistake has its line', () => {
  const text = [
    'global: {foo: 1}',
    'scrape_configs:',
    '  - job_name: a',
    '    bar: 2',
    '  - job_name: b',
    '    scheme: [c]',
    '',
  ];
  expect(read(text.join('\n')).mistakes).toEqual([
    `${file}: yaml: line 1: field foo not found in type config.plain`,
    `${file}: yaml: line 4: field bar not found in type config.ScrapeConfig`,
    `${file}: yaml: line 6: cannot unmarshal !!seq into string`,
  ]);
});
