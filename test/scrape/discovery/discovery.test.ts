// Jobs that come, change and go while their targets are discovered.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseYamlTree } from '../../../src/config/yaml-tree.js';
import type { ScrapeJob } from '../../../src/scrape/config/definition.js';
import { readScrapeSections } from '../../../src/scrape/config/read.js';
import { Discovery } from '../../../src/scrape/discovery/discovery.js';
import type { ScrapePool } from '../../../src/scrape/target.js';
import { makeFolder, removeFolder } from '../../support/child.js';

let folder = '';
let sent: (readonly ScrapePool[])[] = [];
let log: string[] = [];
let discovery: Discovery;
beforeEach(() => {
  folder = makeFolder('discovery');
  [sent, log] = [[], []];
  discovery = new Discovery({
    onPools: pools => sent.push(pools),
    log: (level, message, { err = '' }) => log.push(`${level} ${message} ${err}`),
  });
});
afterEach(() => {
  discovery.close();
  removeFolder(folder);
});

function jobs(...list: readonly object[]): readonly ScrapeJob[] {
  const node = parseYamlTree(JSON.stringify(list));
  return readScrapeSections(node ? { scrape_configs: node } : {}, join(folder, 'prometheus.yml')).jobs;
}

const fixed = (name: string, ...targets: string[]) => ({ job_name: name, static_configs: [{ targets }] });
const inFiles = (name: string, files: string) => ({ job_name: name, file_sd_configs: [{ files: [files] }] });
const urls = (pools: readonly ScrapePool[] | undefined) =>
  pools?.map(({ name, targets }) => [name, ...targets.map(({ url }) => url.slice(7))]);

test('pools are in the order of the jobs, and a job without targets has one too', () => {
  discovery.configure(jobs(fixed('b', '127.0.0.1:1'), fixed('a')));
  expect(urls(sent[0])).toEqual([['b', '127.0.0.1:1/metrics'], ['a']]);
});

test('a job that goes takes its pool along, and its files are watched no more', async () => {
  const file = join(folder, 'a.yml');
  writeFileSync(file, '- targets: ["127.0.0.1:1"]\n');
  discovery.configure(jobs(inFiles('a', 'a.yml'), fixed('b', '127.0.0.1:2')));
  expect(urls(sent.at(-1))).toEqual([
    ['a', '127.0.0.1:1/metrics'],
    ['b', '127.0.0.1:2/metrics'],
  ]);
  discovery.configure(jobs(fixed('b', '127.0.0.1:3'), inFiles('c', 'a.yml')));
  writeFileSync(file, '- targets: ["127.0.0.1:4"]\n');
  await expect
    .poll(() => urls(sent.at(-1)))
    .toEqual([
      ['b', '127.0.0.1:3/metrics'],
      ['c', '127.0.0.1:4/metrics'],
    ]);
  expect(sent).toHaveLength(3);
});

test('too many targets are a problem of the pool, and targets that are none are logged once', () => {
  const configured = jobs(
    { ...fixed('a', '127.0.0.1:1', '127.0.0.1:2'), target_limit: 1 },
    { ...fixed('b', '127.0.0.1'), scheme: 'gopher' },
  );
  discovery.configure(configured);
  expect(sent[0]?.[0]?.problem).toBe('target_limit exceeded (number of targets: 2, limit: 1)');
  expect(log).toEqual(['warn Target cannot be scraped instance 0 in group 0: invalid scheme: "gopher"']);
});

test('dropped targets are kept up to a number', () => {
  const relabel_configs = [{ source_labels: ['__address__'], regex: '.*:[123]', action: 'drop' }];
  const targets = ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3', '127.0.0.1:4'];
  discovery.configure(jobs({ ...fixed('a', ...targets), relabel_configs, keep_dropped_targets: 2 }));
  const [pool] = discovery.pools;
  expect(pool?.dropped.map(labels => labels.__address__)).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
  expect([pool?.droppedCount, pool?.pool.targets.length]).toEqual([3, 1]);
});
