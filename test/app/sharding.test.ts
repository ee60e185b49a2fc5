import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Configuration, loadConfiguration } from '../../src/app/configuration.js';
import { shardOf } from '../../src/app/sharding.js';
import { PoolBuilder } from '../../src/scrape/discovery/pool.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;
beforeAll(() => {
  folder = makeFolder('sharding');
});
afterAll(() => removeFolder(folder));

function load(more: object, services = names(40)): Configuration {
  const file = join(folder, 'monitor.yml');
  const url = 'http://127.0.0.1:1';
  const all = { services: Object.fromEntries(services.map(id => [id, { url }])), ...more };
  writeFileSync(file, JSON.stringify(all));
  return loadConfiguration(file);
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `service${i}`);
const checkedBy = (configuration: Configuration) =>
  configuration.prober.targets.filter(({ isService }) => isService).map(({ id }) => id);

test('each service is checked by one of the shards, and all monitors know all services', () => {
  const shards = [0, 1, 2].map(index => load({ shard: { index, of: 3 } }));
  const checked = shards.map(checkedBy);
  expect(checked.every(ids => ids.length > 5)).toBe(true);
  expect(checked.flat().sort()).toEqual(names(40).sort());
  for (const { services, elsewhere, prober } of shards) {
    expect(services.map(({ id }) => id)).toEqual(names(40));
    expect([...elsewhere.keys(), ...checkedBy({ prober } as Configuration)].sort()).toEqual(names(40).sort());
    expect(services.filter(({ isElsewhere }) => isElsewhere).map(({ id }) => id)).toEqual([
      ...elsewhere.keys(),
    ]);
  }
});

test('a service stays with its shard whatever others there are', () => {
  const few = checkedBy(load({ shard: { index: 1, of: 3 } }, names(20)));
  const many = checkedBy(load({ shard: { index: 1, of: 3 } }, ['another', ...names(40)]));
  expect(many.filter(id => names(20).includes(id))).toEqual(few);
});

test('without shards nothing is said of them', () => {
  const { services, elsewhere } = load({});
  expect(elsewhere.size).toBe(0);
  expect(services.every(service => !('shard' in service))).toBe(true);
});

test('the shard is that of hashmod: the last eight bytes of the MD5 sum', () => {
  // $ printf a | md5sum
  // 0cc175b9c0f1b6a831c399e269772661
  expect(shardOf('a', 1000)).toEqual({ index: Number(0x31c3_99e2_6977_2661n % 1000n), of: 1000 });
});

test('scrape targets are divided by their addresses, as hashmod and keep would', () => {
  const targets = Array.from({ length: 40 }, (_, i) => `127.0.0.1:${9000 + i}`);
  const scrape_configs = [{ job_name: 'node', static_configs: [{ targets }] }];
  const modulo = (index: number) => [
    { source_labels: ['__address__'], modulus: 3, target_label: '__tmp_hash', action: 'hashmod' },
    { source_labels: ['__tmp_hash'], regex: String(index), action: 'keep' },
  ];
  const scraped = ({ scrape }: Configuration) =>
    scrape.jobs.flatMap(job =>
      new PoolBuilder(job).build(job.discovery.static).pool.targets.map(({ labels }) => labels),
    );
  const parts = [0, 1, 2].map(index => scraped(load({ scrape_configs, shard: { index, of: 3 } })));
  for (const [index, part] of parts.entries()) {
    const [job] = scrape_configs;
    const relabelled = [{ ...job, relabel_configs: modulo(index) }];
    expect(part).toEqual(scraped(load({ scrape_configs: relabelled })));
  }
  expect(
    parts
      .flat()
      .map(({ instance }) => instance)
      .sort(),
  ).toEqual(targets.sort());
});

test.each<[name: string, shard: unknown, want: RegExp]>([
  ['out of range', { index: 4, of: 4 }, /shard\.index: 4 is none of 4: the first is 0, the last 3$/],
  ['below', { index: -1, of: 4 }, /shard\.index: expected a whole number from 0 to 999$/],
  ['none at all', { index: 0, of: 0 }, /shard\.of: expected a whole number from 1 to 1000$/],
  ['only one of the two', { index: 0 }, /shard\.of: expected a whole number from 1 to 1000$/],
  ['no whole number', { index: 0.5, of: 2 }, /shard\.index: expected a whole number from 0 to 999$/],
  ['another key', { index: 0, off: 2 }, /shard: unknown key "off", did you mean "of"\?/],
])('a shard that is %s', (_, shard, want) => {
  expect(() => load({ shard })).toThrow(want);
});
