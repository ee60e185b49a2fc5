// Targets of files and of a server beside those that a real Prometheus makes of the same ones.

import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPrometheusYml } from '../../../src/scrape/config/prometheus-yml.js';
import { Discovery } from '../../../src/scrape/discovery/discovery.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { listen, portOf, stop } from '../../support/http.js';
import { type PrometheusServer, startPrometheus } from '../../support/prometheus.js';

interface ShownTarget {
  readonly labels: Record<string, string>;
  readonly discoveredLabels: Record<string, string>;
  readonly scrapeUrl: string;
}
interface ShownTargets {
  readonly activeTargets: readonly ShownTarget[];
  readonly droppedTargets: readonly Pick<ShownTarget, 'discoveredLabels'>[];
}

const LIST = [
  { targets: ['127.0.0.1:1', '127.0.0.1:2'], labels: { zone: 'a', __meta_kind: 'x' } },
  { targets: ['127.0.0.1:3'] },
  { targets: [], labels: {} },
  { targets: ['127.0.0.1:4'], labels: { job: 'own', __scheme__: 'https' } },
];

let folder = '';
let server: Server;
let prometheus: PrometheusServer | undefined;
let configuration = '';
beforeAll(async () => {
  folder = makeFolder('sd-prometheus');
  mkdirSync(join(folder, 'sd'));
  writeFileSync(join(folder, 'sd/a.json'), JSON.stringify(LIST));
  writeFileSync(
    join(folder, 'sd/b.yml'),
    '- targets: ["127.0.0.1:5"]\n  labels: {number: 1, empty: ""}\n- targets: ["127.0.0.1:1"]\n',
  );
  writeFileSync(join(folder, 'sd/broken.yml'), '- targets: 1\n');
  server = await listen((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(LIST)),
  );
  const relabel_configs = [
    { source_labels: ['__meta_kind'], target_label: 'kind' },
    {
      source_labels: ['__meta_filepath', '__meta_url'],
      regex: '.*/(.*);|;.*/(.*)',
      replacement: '$1$2',
      target_label: 'from',
    },
    { source_labels: ['__address__'], regex: '.*:2', action: 'drop' },
  ];
  const url = `http://127.0.0.1:${portOf(server)}/list?a=b`;
  configuration = JSON.stringify({
    scrape_configs: [
      {
        job_name: 'files',
        file_sd_configs: [{ files: [join(folder, 'sd/*.json'), join(folder, 'sd/*.yml')] }],
        relabel_configs,
      },
      { job_name: 'server', http_sd_configs: [{ url }], relabel_configs },
    ],
  });
  prometheus = await startPrometheus(configuration);
});
afterAll(async () => {
  await prometheus?.close();
  await stop(server);
  removeFolder(folder);
});

/** This Prometheus shows some labels that relabelling replaces as if they had been discovered; these are not replaced. */
const meta = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).filter(([name]) => name.startsWith('__'));
const sorted = <T>(list: readonly T[]) => list.map(each => JSON.stringify(each)).sort();

test('targets and dropped ones have the same labels', async () => {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, configuration);
  const discovery = new Discovery({ onPools: () => {}, log: () => {} });
  try {
    discovery.configure(loadPrometheusYml(file).scrape.jobs);
    let theirs: ShownTargets = { activeTargets: [], droppedTargets: [] };
    await expect
      .poll(
        async () => {
          theirs = (await prometheus?.api<ShownTargets>('targets')) ?? theirs;
          const own = discovery.pools.flatMap(({ pool }) => pool.targets);
          return [theirs.activeTargets.length, theirs.droppedTargets.length, own.length];
        },
        { timeout: 60_000 },
      )
      .toEqual([8, 2, 8]);
    const pools = discovery.pools;
    const own = pools.flatMap(({ pool }) => pool.targets);
    expect(sorted(own.map(each => [each.url, each.labels, meta(each.discoveredLabels)]))).toEqual(
      sorted(theirs.activeTargets.map(each => [each.scrapeUrl, each.labels, meta(each.discoveredLabels)])),
    );
    expect(sorted(pools.flatMap(({ dropped }) => dropped))).toEqual(
      sorted(theirs.droppedTargets.map(each => each.discoveredLabels)),
    );
  } finally {
    discovery.close();
  }
});
