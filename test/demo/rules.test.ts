import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeRules } from '../../src/demo/rules.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import { makeFolder, removeFolder } from '../support/child.js';

const SHIPPED = new URL('../../rules/', import.meta.url);

let folder: string;
beforeEach(() => {
  folder = makeFolder('demo-rules');
});
afterEach(() => removeFolder(folder));

test('are the shipped ones but for the spans of flapping, so that services recover within a round', async () => {
  await writeRules(folder);
  const names = readdirSync(SHIPPED).filter(name => name.endsWith('.rules.yml'));
  expect(readdirSync(join(folder, 'rules')).sort()).toEqual(names.sort());
  const lines = (file: string | URL) => readFileSync(file, 'utf8').split('\n');
  const other = names.flatMap(name => {
    const shipped = lines(new URL(name, SHIPPED));
    return lines(join(folder, 'rules', name)).filter((line, i) => line !== shipped[i]);
  });
  expect(other.length).toBeGreaterThan(2);
  expect(other.join('\n')).not.toMatch(/\[\d+m\]|minutes/);
  expect(loadRuleFiles(['rules/*.rules.yml'], folder)).toHaveLength(names.length);
});
