// Targets of static groups beside those of a real Prometheus: labels, URL, times, what is dropped and what is no target.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printModelDuration } from '../../../src/model/duration.js';
import { Labels } from '../../../src/model/labels.js';
import { loadPrometheusYml } from '../../../src/scrape/config/prometheus-yml.js';
import { PoolBuilder } from '../../../src/scrape/discovery/pool.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { type PrometheusServer, startPrometheus, waitForTargets } from '../../support/prometheus.js';

interface ShownTarget {
  readonly labels: Record<string, string>;
  readonly discoveredLabels: Record<string, string>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly scrapeInterval: string;
  readonly scrapeTimeout: string;
}

interface ShownTargets {
  readonly activeTargets: readonly ShownTarget[];
  readonly droppedTargets: readonly Pick<ShownTarget, 'discoveredLabels'>[];
}

/** Each a job, by what it is about. */
const JOBS: Readonly<Record<string, unknown>> = {
  'an address with a port': { targets: ['127.0.0.1:9100'] },
  'addresses without a port': { targets: ['127.0.0.1', '[::1]', 'localhost'] },
  'an address without a port, over TLS': { targets: ['127.0.0.1', '[::1]:1'], scheme: 'https' },
  'addresses that are none': { targets: ['::1', '[::1', 'a:b:c', ''] },
  'an unknown scheme': { targets: ['127.0.0.1', '127.0.0.1:1'], scheme: 'gopher' },
  'labels of the group': { targets: ['127.0.0.1:1'], labels: { a: 'b', job: 'other', instance: 'host' } },
  'internal labels of the group': {
    targets: ['127.0.0.1:1'],
    labels: {
      __scheme__: 'https',
      __metrics_path__: '/x',
      __scrape_interval__: '7s',
      __tmp: 'y',
      __meta_a: 'z',
    },
  },
  'the same target twice': { targets: ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:1'] },
  parameters: {
    targets: ['127.0.0.1:1'],
    params: { module: ['http 2xx', 'b'], 'match[]': ['{a="b"}', 'c'], none: [], 'a&b': ['c=d'] },
  },
  'a parameter by label': {
    targets: ['127.0.0.1:1'],
    params: { module: ['a', 'b'], x: ['y'] },
    relabel: [
      { target_label: '__param_module', replacement: 'changed' },
      { source_labels: ['__address__'], target_label: '__param_target' },
      { regex: '__param_x', action: 'labeldrop' },
    ],
  },
  'as blackbox_exporter is scraped': {
    targets: ['http://127.0.0.1/path', 'https://localhost'],
    params: { module: ['http_2xx'] },
    metrics_path: '/probe',
    relabel: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: '127.0.0.1:9115' },
    ],
  },
  'paths with marks': { targets: ['127.0.0.1:1'], metrics_path: "/a b?c=d#e%/(x)*!'$&+,;:@é" },
  'a path without a slash': { targets: ['127.0.0.1:1'], metrics_path: 'metrics' },
  'no path': { targets: ['127.0.0.1:1'], metrics_path: null },
  'an address with a slash after relabelling': {
    targets: ['127.0.0.1:1'],
    relabel: [{ target_label: '__address__', replacement: 'a/b:1' }],
  },
  'no address after relabelling': {
    targets: ['127.0.0.1:1'],
    relabel: [{ regex: '__address__', action: 'labeldrop' }],
  },
  'dropped by keep': {
    targets: ['127.0.0.1:1', '127.0.0.1:2'],
    relabel: [{ source_labels: ['__address__'], regex: '.*:1', action: 'keep' }],
  },
  'interval and timeout by label': {
    targets: ['127.0.0.1:1'],
    relabel: [
      { target_label: '__scrape_interval__', replacement: '2m' },
      { target_label: '__scrape_timeout__', replacement: '1m30s' },
    ],
  },
  'a timeout above the interval by label': {
    targets: ['127.0.0.1:1'],
    relabel: [{ target_label: '__scrape_timeout__', replacement: '2m' }],
  },
  'an interval that is none': {
    targets: ['127.0.0.1:1'],
    relabel: [{ target_label: '__scrape_interval__', replacement: 'soon' }],
  },
  'an interval of 0': {
    targets: ['127.0.0.1:1'],
    relabel: [{ target_label: '__scrape_interval__', replacement: '0s' }],
  },
  hashmod: {
    targets: ['127.0.0.1:1', '127.0.0.1:2', 'ä:3'],
    relabel: [
      { source_labels: ['__address__', 'job'], modulus: 1_000_003, target_label: 'shard', action: 'hashmod' },
    ],
  },
  'labelmap of labels of the group and of the job': {
    targets: ['127.0.0.1:1'],
    labels: { __meta_x_a: '1', __meta_y_a: '2', zone: 'b' },
    relabel: [
      { target_label: '__meta_x_a', replacement: '3' },
      { regex: '__meta_._(.+)', action: 'labelmap' },
      { regex: '(job|zone)', replacement: 'my_$1', action: 'labelmap' },
    ],
  },
  labelkeep: {
    targets: ['127.0.0.1:1'],
    labels: { a: '1', b: '2' },
    relabel: [{ regex: '__.*|a', action: 'labelkeep' }],
  },
  'letter case': {
    targets: ['Host.ÄÖ:1'],
    relabel: [
      { source_labels: ['__address__'], target_label: 'lower', action: 'lowercase' },
      { source_labels: ['__address__'], target_label: 'upper', action: 'uppercase' },
    ],
  },
  'templates of replacements': {
    targets: ['web-12.example:1'],
    relabel: [
      {
        source_labels: ['__address__'],
        regex: '(?P<kind>[a-z]+)-(\\d+)\\.(.*)',
        target_label: 'a',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's template
        replacement: '${kind}|$kind|$2x|${2}x|$9|$$|$|${|$2-${kind}',
      },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's template
      { source_labels: ['__address__'], regex: '(.*)-.*', target_label: '${1}_name', replacement: 'x' },
      { source_labels: ['job'], regex: '(.*)', target_label: '$1', replacement: 'is no name' },
    ],
  },
  'equal labels': {
    targets: ['127.0.0.1:1', '127.0.0.1:2'],
    labels: { want: '127.0.0.1:1' },
    relabel: [{ source_labels: ['__address__'], target_label: 'want', action: 'keepequal' }],
  },
  'an instance of its own': {
    targets: ['127.0.0.1'],
    relabel: [
      { source_labels: ['__address__'], regex: '(.*)', target_label: 'instance', replacement: 'node-$1' },
    ],
  },
};

function configuration(): string {
  const jobs = Object.entries(JOBS).map(([name, job]) => {
    const { targets, labels, relabel, ...rest } = job as Record<string, unknown>;
    return {
      job_name: name,
      static_configs: [{ targets, labels }],
      relabel_configs: relabel ?? [{ regex: 'x', action: 'labeldrop' }],
      ...rest,
    };
  });
  return JSON.stringify({ global: { scrape_interval: '1m', scrape_timeout: '7s' }, scrape_configs: jobs });
}

let prometheus: PrometheusServer | undefined;
let theirs: ShownTargets;
let folder = '';
let file = '';
beforeAll(async () => {
  folder = makeFolder('populate');
  file = join(folder, 'prometheus.yml');
  writeFileSync(file, configuration());
  prometheus = await startPrometheus(configuration());
  await waitForTargets(prometheus, Object.keys(JOBS).length);
  theirs = await prometheus.api<ShownTargets>('targets');
});
afterAll(async () => {
  await prometheus?.close();
  removeFolder(folder);
});

const sorted = <T>(list: readonly T[]) => list.map(each => JSON.stringify(each)).sort();

test.each(Object.keys(JOBS))('%s', name => {
  const job = loadPrometheusYml(file).scrape.jobs.find(each => each.name === name);
  if (!job) throw new Error('no such job');
  // As this Prometheus has it, which is of version 2.
  const relabelConfigs = job.relabelConfigs.map(each => ({ ...each, nameValidation: 'legacy' as const }));
  const { pool, dropped } = new PoolBuilder({ ...job, relabelConfigs }).build(job.discovery.static);
  // It shows labels that relabelling replaces as if they had been discovered.
  const written = relabelConfigs.map(({ targetLabel }) => targetLabel);
  const discovered = (labels: Readonly<Record<string, string>>) =>
    Labels.of(labels).without(written).toJSON();
  const wanted = theirs.activeTargets.filter(({ scrapePool }) => scrapePool === name);
  expect(
    sorted(pool.targets.map(each => [each.url, each.labels, discovered(each.discoveredLabels)])),
  ).toEqual(sorted(wanted.map(each => [each.scrapeUrl, each.labels, discovered(each.discoveredLabels)])));
  expect(sorted(dropped)).toEqual(
    sorted(theirs.droppedTargets.map(each => each.discoveredLabels).filter(labels => labels.job === name)),
  );
  const times = ({ interval, timeout }: { interval: number; timeout: number }) =>
    [interval, timeout].map(printModelDuration);
  expect(sorted(pool.targets.map(each => [each.url, ...times(each)]))).toEqual(
    sorted(wanted.map(each => [each.scrapeUrl, each.scrapeInterval, each.scrapeTimeout])),
  );
});
