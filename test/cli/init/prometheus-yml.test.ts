// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files have variables of this form
// Scrape jobs and services of a prometheus.yml.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { joined } from '../../../src/cli/init/found.js';
import { readSourceFile } from '../../../src/cli/init/source-file.js';
import { certificate } from '../../support/certificate.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { writeFound } from '../../support/init-found.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder('init-prometheus');
  return () => removeFolder(folder);
});

function take(text: string) {
  mkdirSync(join(folder, 'source'), { recursive: true });
  const file = join(folder, 'source/prometheus.yml');
  writeFileSync(file, text);
  const found = readSourceFile(file, folder);
  return { ...writeFound(found, folder), left: found.left };
}

test('jobs are taken over with what is global', () => {
  mkdirSync(join(folder, 'source/targets'), { recursive: true });
  writeFileSync(join(folder, 'source/targets/ca.pem'), certificate.cert);
  const { configuration, left, text } = take(`
global: { scrape_interval: 7s, evaluation_interval: 30s, external_labels: { dc: "x$$y" } }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ["127.0.0.1:9100"], labels: { rack: a } }]
    metric_relabel_configs: [{ source_labels: [a], regex: "(.*)$", replacement: "$\{1}$$", target_label: b }]
  - job_name: files
    file_sd_configs: [{ files: [targets/*.yml] }]
    tls_config: { ca_file: targets/ca.pem }
`);
  expect(left).toEqual([]);
  expect(configuration.scrape.global).toMatchObject({ scrapeInterval: 7000, externalLabels: { dc: 'x$$y' } });
  const [node, files] = configuration.scrape.jobs;
  expect(node?.discovery.static[0]).toMatchObject({
    targets: [{ __address__: '127.0.0.1:9100' }],
    labels: { rack: 'a' },
  });
  expect(text).toContain('${1}$$');
  // Paths stay where they lead.
  expect(files?.discovery.file[0]?.files).toEqual([join(folder, 'source/targets/*.yml')]);
  expect(text).toContain('ca_file: source/targets/ca.pem');
});

test('files of jobs stay where they are', () => {
  mkdirSync(join(folder, 'source/jobs'), { recursive: true });
  writeFileSync(join(folder, 'source/jobs/a.yml'), 'scrape_configs: [{ job_name: a }]');
  const { configuration, left } = take('scrape_config_files: [jobs/*.yml]');
  expect(left).toEqual([]);
  expect(configuration.scrape.jobs.map(({ name }) => name)).toEqual(['a']);
});

test('jobs of blackbox_exporter become services', () => {
  const { services, configuration } = take(`
scrape_configs:
  - job_name: web
    metrics_path: /probe
    params: { module: [http_2xx] }
    static_configs: [{ targets: [https://example.org/up, "127.0.0.1:8080", "http://u:hunter2@127.0.0.1/x"] }]
  - job_name: ssh
    metrics_path: /probe
    params: { module: [ssh_banner] }
    static_configs: [{ targets: ["127.0.0.1:22"] }]
`);
  expect(services).toEqual([
    'example.org_up http https://example.org/up',
    '127.0.0.1_8080 http http://127.0.0.1:8080/',
    '127.0.0.1_x http http://127.0.0.1/x',
  ]);
  expect(configuration.scrape.jobs.map(({ name }) => name)).toEqual(['ssh']);
});

test('secrets stay out', () => {
  const { text, left } = take(`
scrape_configs:
  - job_name: a
    basic_auth: { username: u, password: hunter2 }
  - job_name: b
    authorization: { credentials: hunter2 }
  - job_name: c
    http_headers: { X-Token: { secrets: [hunter2] } }
  - job_name: d
    http_sd_configs: [{ url: "http://u:hunter2@127.0.0.1/" }]
  - job_name: e
    params: { token: [hunter2] }
`);
  expect(text).toMatch(/ password_file: a\.password /);
  expect(text).toMatch(/ credentials_file: b\.credentials /);
  expect(text).not.toContain('hunter');
  expect(left).toEqual([
    expect.stringMatching(/^job "c": it has a secret in /),
    expect.stringMatching(/^job "d": it has a secret in url/),
    expect.stringMatching(/^job "e": its parameter token may be a secret/),
  ]);
});

test.each<[string, string, RegExp]>([
  [
    'another discovery',
    '{ job_name: a, ec2_sd_configs: [{}] }',
    /^job "a": ec2_sd_configs is a service discovery/,
  ],
  ['a mistake', '{ job_name: a, scrape_interval: x }', /^job "a": not a valid duration string/],
  [
    'the monitor itself',
    '{ job_name: langgraph-monitor }',
    /^job "langgraph-monitor": it is the monitor itself/,
  ],
  [
    'targets of a discovery',
    '{ job_name: a, metrics_path: /probe, params: { module: [http_2xx] }, file_sd_configs: [{ files: [a.yml] }] }',
    /^job "a": targets of file_sd_configs, which are not in the file/,
  ],
])('left out and said so: %s', (_, job, want) => {
  const { left, text } = take(`scrape_configs: [${job}]`);
  expect(left).toEqual([expect.stringMatching(want)]);
  expect(text).toContain('# * job ');
});

test('sections that only a Prometheus has', () => {
  const { left } = take('global: {}\nrule_files: [a.yml]\nremote_write: [{ url: http://127.0.0.1 }]\n');
  expect(left.map(each => each.split(':')[0])).toEqual(['rule_files', 'remote_write']);
});

test('a job is checked with its defaults, and names stay different', () => {
  mkdirSync(join(folder, 'source'), { recursive: true });
  writeFileSync(join(folder, 'source/more.yml'), 'scrape_configs: [{ job_name: gpu }]');
  writeFileSync(join(folder, 'source/again.yml'), 'scrape_configs: [{ job_name: node }]');
  const file = join(folder, 'source/prometheus.yml');
  writeFileSync(
    file,
    `global: { scrape_interval: 2m }
scrape_config_files: [more.yml, again.yml]
scrape_configs:
  - { job_name: node, scrape_timeout: 90s }
  - { job_name: node }
  - { job_name: slow, scrape_timeout: 3m }
`,
  );
  const source = readSourceFile(file, folder);
  const jobs = ['node', 'gpu', 'redis'].map(name => ({ name, targets: ['127.0.0.1:1'] }));
  const { configuration } = writeFound(joined(source, { services: [], jobs, left: [] }), folder);
  expect(configuration.scrape.jobs.map(({ name }) => name)).toEqual([
    'node',
    'node_2',
    'gpu_2',
    'redis',
    'gpu',
  ]);
  expect(source.left).toEqual([
    'job "node": there is another one of this name',
    expect.stringMatching(/^job "slow": scrape timeout greater than scrape interval/),
    expect.stringMatching(
      /^scrape_config_files: source\/again\.yml: there is another job of the name "node"$/,
    ),
  ]);
});
