// The mistakes of all parts of a configuration at once: the person who repairs it needs one look, not one for each part.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginConfiguration, loadConfiguration } from '../../src/app/configuration.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder = '';
beforeAll(() => {
  folder = makeFolder('all-mistakes');
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'bad.rules.yml'), 'groups: [{name: a, rules: [{record: a, expr: "sum("}]}]\n');
  writeFileSync(join(folder, 'alertmanager.yml'), 'route: {receiver: nowhere}\nreceivers: []\n');
});
afterAll(() => removeFolder(folder));

function write(text: string): string {
  const file = join(folder, 'monitor.yml');
  writeFileSync(file, text);
  return file;
}

function mistakes(
  text: string,
  load: (file: string) => unknown = file => loadConfiguration(file, {}),
): string[] {
  const file = write(text);
  try {
    load(file);
    return [];
  } catch (error) {
    return linesOf(error as Error);
  }
}

function linesOf({ message }: Error): string[] {
  return message.split('\n').map(line => line.replaceAll(`${folder}/`, ''));
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

test('of all of them at a start, too, which reads rules last', () => {
  const text = `${SERVICES}${SCRAPE}rule_files: [bad.rules.yml]\n`;
  expect(mistakes(text, file => beginConfiguration(file, {}))).toEqual(mistakes(text));
});

test('of rules alone: when they are read', async () => {
  const text = `${SERVICES}alerting: {config_file: '${folder}/good.yml'}\nrule_files: [bad.rules.yml, none.yml]\n`;
  writeFileSync(join(folder, 'good.yml'), 'route: {receiver: log}\nreceivers: [{name: log}]\n');
  const { configuration, complete } = beginConfiguration(write(text), {});
  expect(configuration).toMatchObject({ services: [{ id: 'a' }], rules: [] });
  const error = await complete().catch(thrown => thrown);
  expect(linesOf(error)).toEqual(mistakes(text));
  expect(linesOf(error)).toHaveLength(2);
});

test('the rest of a configuration is the same whenever its rules are read', async () => {
  const file = write(`${SERVICES}alerting: {alertmanagers: [{url: "http://127.0.0.1:1"}]}\n`);
  const { configuration, complete } = beginConfiguration(file, {});
  const whole = loadConfiguration(file, {});
  expect(await complete()).toEqual(whole);
  expect({ ...configuration, rules: whole.rules }).toEqual(whole);
  expect(whole.rules.length).toBeGreaterThan(5);
});

test('once each: what is wrong with the file itself', () => {
  expect(mistakes('services: [\n')).toHaveLength(1);
  expect(mistakes('7\n')).toHaveLength(1);
  expect(mistakes('services: {a: {url: "http://127.0.0.1:1"}, a: {}}\n')).toHaveLength(1);
});
