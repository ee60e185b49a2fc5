// The mistakes of all parts of a configuration at once: the person who repairs it needs one look, not one for each part.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/app/configuration.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder = '';
beforeAll(() => {
  folder = makeFolder('all-mistakes');
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'bad.rules.yml'), 'groups: [{name: a, rules: [{record: a, expr: "sum("}]}]\n');
  writeFileSync(join(folder, 'alertmanager.yml'), 'route: {receiver: nowhere}\nreceivers: []\n');
});
afterAll(() => removeFolder(folder));

function mistakes(text: string): string[] {
  const file = join(folder, 'monitor.yml');
  writeFileSync(file, text);
  try {
    loadConfiguration(file, {});
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map(line => line.replaceAll(`${folder}/`, ''));
  }
}

const SCRAPE = 'scrape_configs: [{job_name: a, scrape_interval: soon}]\n';
const SERVICES = 'services: {a: {url: "http://127.0.0.1:1"}}\n';

test('of services and of scraping', () => {
  expect(mistakes(`services: {a: {url: 7}}\n${SCRAPE}`)).toEqual([
    expect.stringMatching(/^monitor\.yml: services\.a\.url: /),
    expect.stringMatching(/^monitor\.yml: .*soon/),
  ]);
});

test('of scraping, of rules and of alertmanager.yml', () => {
  expect(mistakes(`${SERVICES}${SCRAPE}rule_files: [bad.rules.yml]\n`)).toEqual([
    expect.stringMatching(/^monitor\.yml: .*soon/),
    expect.stringMatching(/^bad\.rules\.yml: /),
    expect.stringMatching(/^alertmanager\.yml: .*nowhere/),
  ]);
});

test('once each: what is wrong with the file itself', () => {
  expect(mistakes('services: [\n')).toHaveLength(1);
  expect(mistakes('7\n')).toHaveLength(1);
  expect(mistakes('services: {a: {url: "http://127.0.0.1:1"}, a: {}}\n')).toHaveLength(1);
});
