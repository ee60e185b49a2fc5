// The section `endpoints` of monitor.yml.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/app/configuration.js';
import { ConfigError } from '../../src/config/load.js';
import { makeFolder, removeFolder } from '../support/child.js';

const DEFAULT = fileURLToPath(new URL('../../monitor.yml', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = makeFolder('endpoints');
});
afterAll(() => removeFolder(folder));

function load(endpoints: string) {
  const file = join(folder, 'monitor.yml');
  writeFileSync(
    file,
    `services: {jetson: {url: http://127.0.0.1/}, tools: {url: http://127.0.0.1/}}\n${endpoints}`,
  );
  const plan = loadConfiguration(file).endpoints;
  return { capabilities: Object.fromEntries(plan.capabilities), fallback: Object.fromEntries(plan.fallback) };
}

function mistakes(endpoints: string): string[] {
  try {
    load(endpoints);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(line => line.replace(`${join(folder, 'monitor.yml')}: `, ''));
  }
}

const LLM = 'llm: [{service: jetson, url: http://127.0.0.1:11434/}]';
const jetson = [{ service: 'jetson', url: 'http://127.0.0.1:11434' }];

describe('endpoints are read', () => {
  test.each([
    ['none', '', {}, {}],
    ['without a fallback', `endpoints: {${LLM}}`, { llm: jetson }, {}],
    [
      'with one for everything',
      `endpoints: {${LLM}, search: [{service: tools, url: http://127.0.0.1:8082/base/}], fallback: http://127.0.0.1:9000}`,
      { llm: jetson, search: [{ service: 'tools', url: 'http://127.0.0.1:8082/base' }] },
      { llm: 'http://127.0.0.1:9000', search: 'http://127.0.0.1:9000' },
    ],
    [
      'with one for some',
      `endpoints: {${LLM}, search: [{service: tools, url: http://127.0.0.1:8082}], fallback: {llm: http://127.0.0.1:9000/}}`,
      { llm: jetson, search: [{ service: 'tools', url: 'http://127.0.0.1:8082' }] },
      { llm: 'http://127.0.0.1:9000' },
    ],
  ])('%s', (_, text, capabilities, fallback) => {
    expect(load(text)).toEqual({ capabilities, fallback });
  });
});

describe('one mistake is one line', () => {
  test.each([
    ['a list', 'endpoints: [a]', 'endpoints: expected endpoints by capability, such as llm'],
    [
      'a capability that is a URL',
      'endpoints: {llm: http://127.0.0.1/}',
      'endpoints.llm: expected a list of endpoints, each with service and url',
    ],
    ['an empty list', 'endpoints: {llm: []}', 'endpoints.llm: name at least one endpoint'],
    [
      'an unknown service',
      'endpoints: {llm: [{service: jetsen, url: http://127.0.0.1/}]}',
      'endpoints.llm.0.service: no service "jetsen", did you mean "jetson"?',
    ],
    [
      'no URL',
      'endpoints: {llm: [{service: jetson, url: 127.0.0.1}]}',
      'endpoints.llm.0.url: not a URL; write http://HOST:PORT/PATH or https://...',
    ],
    [
      'an unknown key',
      'endpoints: {llm: [{service: jetson, url: http://127.0.0.1/, weight: 1}]}',
      'endpoints.llm.0: unknown key "weight"; known: service, url',
    ],
    [
      'a fallback that is none',
      `endpoints: {${LLM}, fallback: [a]}`,
      'endpoints.fallback: expected a URL, or a URL for each capability',
    ],
    [
      'a fallback for nothing',
      `endpoints: {${LLM}, fallback: {lm: http://127.0.0.1/}}`,
      'endpoints.fallback.lm: no endpoints for "lm", did you mean "llm"?',
    ],
    [
      'a capability that no request can name',
      `endpoints: {"a b": [{service: jetson, url: http://127.0.0.1/}]}`,
      'endpoints.a b: a capability is named with letters, digits, "_" and "-"',
    ],
  ])('%s', (_, text, want) => expect(mistakes(text)).toEqual([want]));
});

test("the shipped monitor.yml has the document's order, on this machine while no variable is set", () => {
  const { capabilities, fallback } = loadConfiguration(DEFAULT, {}).endpoints;
  expect(Object.fromEntries(capabilities)).toEqual({
    llm: [
      { service: 'jetson_ollama', url: 'http://127.0.0.1:11434' },
      { service: 'cpu_llama', url: 'http://127.0.0.1:8080' },
    ],
  });
  expect(Object.fromEntries(fallback)).toEqual({ llm: 'http://127.0.0.1:9000' });
  const hosts = { JETSON_HOST: '127.1.1.1', LLAMA_HOST: '127.1.1.2', HAPROXY_HOST: '127.1.1.3' };
  const set = loadConfiguration(DEFAULT, hosts).endpoints;
  expect([...(set.capabilities.get('llm') ?? []).map(({ url }) => url), set.fallback.get('llm')]).toEqual([
    'http://127.1.1.1:11434',
    'http://127.1.1.2:8080',
    'http://127.1.1.3:9000',
  ]);
});
