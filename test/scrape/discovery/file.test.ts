// Targets in files that come, change, break and go.

import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../../support/child.js';
import { type Discovered, discover } from './support.js';

let folder = '';
let found: Discovered | undefined;
beforeEach(() => {
  folder = makeFolder('file-sd');
});
afterEach(() => {
  found?.discovery.close();
  removeFolder(folder);
});

const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);
const start = (files: readonly string[], refresh = '1h') => {
  found = discover({ file_sd_configs: [{ files, refresh_interval: refresh }] }, folder);
  return found;
};

test('YAML and JSON files are read at once, with labels of their groups and their path', () => {
  write(
    'a.yml',
    '- targets: ["127.0.0.1:1", "127.0.0.1:2"]\n  labels: {zone: b, n: 1}\n- targets: ["127.0.0.1:3"]\n',
  );
  write('b.json', '[{"targets": ["127.0.0.1:4"], "labels": {"zone": "c"}}]');
  expect(start(['*.yml', 'b.json', 'missing.json']).labels()).toEqual([
    { __address__: '127.0.0.1:1', __meta_filepath: at('a.yml'), zone: 'b', n: '1' },
    { __address__: '127.0.0.1:2', __meta_filepath: at('a.yml'), zone: 'b', n: '1' },
    { __address__: '127.0.0.1:3', __meta_filepath: at('a.yml') },
    { __address__: '127.0.0.1:4', __meta_filepath: at('b.json'), zone: 'c' },
  ]);
});

test('a change, a new file, one that is renamed and one that is removed are noticed', async () => {
  write('a.yml', '- targets: ["127.0.0.1:1"]\n');
  const { until } = start(['*.yml']);
  write('a.yml', '- targets: ["127.0.0.1:2"]\n');
  await until(['127.0.0.1:2']);
  write('b.yml', '- targets: ["127.0.0.1:3"]\n');
  await until(['127.0.0.1:2', '127.0.0.1:3']);
  renameSync(at('b.yml'), at('b.yml.off'));
  await until(['127.0.0.1:2']);
  write('new', '- targets: ["127.0.0.1:4"]\n');
  renameSync(at('new'), at('a.yml'));
  await until(['127.0.0.1:4']);
  rmSync(at('a.yml'));
  await until([]);
});

test('a broken file keeps its last targets, and the others theirs', async () => {
  write('a.yml', '- targets: ["127.0.0.1:1"]\n');
  write('b.json', '[{"targets": ["127.0.0.1:2"]}]');
  const { until, untilLogged, addresses } = start(['a.yml', 'b.json']);
  write('a.yml', '- targets: [\n');
  await untilLogged(`Service discovery failed; the targets found last stay: ${at('a.yml')}: yaml: line`);
  write('b.json', '[{"targets": ["127.0.0.1:3"]}]');
  await until(['127.0.0.1:1', '127.0.0.1:3']);
  write('a.yml', '- targets: ["127.0.0.1:4"]\n');
  await until(['127.0.0.1:3', '127.0.0.1:4']);
  await untilLogged('Service discovery recovered');
  expect(addresses()).toHaveLength(2);
});

test('a file that was never valid has no targets', () => {
  write('a.yml', 'targets: ["127.0.0.1:1"]\n');
  const { addresses, log } = start(['a.yml']);
  expect(addresses()).toEqual([]);
  expect(log.join()).toContain('a.yml: yaml: line 1: cannot unmarshal !!map into []*targetgroup.Group');
});

test('a symbolic link that is set to another file, as Kubernetes does with its folders', async () => {
  for (const name of ['one', 'two']) mkdirSync(at(name));
  writeFileSync(at('one/a.yml'), '- targets: ["127.0.0.1:1"]\n');
  writeFileSync(at('two/a.yml'), '- targets: ["127.0.0.1:2"]\n');
  symlinkSync('one', at('..data'));
  symlinkSync('..data/a.yml', at('a.yml'));
  const { until, addresses } = start(['a.yml']);
  expect(addresses()).toEqual(['127.0.0.1:1']);
  symlinkSync('two', at('..data_tmp'));
  renameSync(at('..data_tmp'), at('..data'));
  await until(['127.0.0.1:2']);
});

test('what is not watched is found at the refresh: a folder that comes later', async () => {
  const { until, addresses } = start(['later/*.yml'], '100ms');
  expect(addresses()).toEqual([]);
  mkdirSync(at('later'));
  writeFileSync(at('later/a.yml'), '- targets: ["127.0.0.1:1"]\n');
  await until(['127.0.0.1:1']);
});

test.each([
  ['{"targets": []}', 'expected a list of target groups'],
  ['[1]', '[0]: expected an object'],
  ['[null]', 'nil target group item found (index 0)'],
  ['[{"targets": [1]}]', '[0].targets[0]: expected a text'],
  ['[{"targets": ["a"], "labels": {"b": 1}}]', '[0].labels.b: expected a text'],
  ['[{"targets": ["a"], "label": {}}]', '[0]: unknown field "label"'],
  ['[{"targets": "a"}]', '[0].targets: expected a list of texts'],
  ['[{"targets": ["a"]', 'not valid JSON: '],
])('JSON is read strictly: %s', (text, want) => {
  write('a.json', text);
  const { addresses, log } = start(['a.json']);
  expect(addresses()).toEqual([]);
  expect(log.join()).toContain(`a.json: ${want}`);
});
