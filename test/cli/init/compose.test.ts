// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the files have variables of this form
// Services of a docker-compose.yml.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readSourceFile } from '../../../src/cli/init/source-file.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { writeFound } from '../../support/init-found.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder('init-compose');
  return () => removeFolder(folder);
});

/** @param services what stands below `services`, as JSON, which is YAML */
function take(services: unknown) {
  const file = join(folder, 'docker-compose.yml');
  writeFileSync(file, typeof services === 'string' ? services : JSON.stringify({ services }));
  const found = readSourceFile(file, folder);
  return { ...writeFound(found, folder), left: found.left };
}

describe('well-known images', () => {
  test.each<[image: string, port: number, want: string]>([
    ['ollama/ollama', 11434, 'x ollama http://127.0.0.1:1234/api/tags'],
    ['docker.io/ollama/ollama:0.5@sha256:00', 11434, 'x ollama http://127.0.0.1:1234/api/tags'],
    ['vllm/vllm-openai:latest', 8000, 'x openai http://127.0.0.1:1234'],
    ['ghcr.io/ggml-org/llama.cpp:server-cuda', 8080, 'x openai http://127.0.0.1:1234'],
    ['ghcr.io/berriai/litellm:main', 4000, 'x http http://127.0.0.1:1234/health/liveliness'],
    ['ghcr.io/huggingface/text-embeddings-inference:1.5', 80, 'x http http://127.0.0.1:1234/health'],
    ['langchain/langgraph-api:3.11', 8000, 'x langgraph http://127.0.0.1:1234'],
    ['redis:7-alpine', 6379, 'x redis 127.0.0.1:1234'],
    ['valkey/valkey', 6379, 'x redis 127.0.0.1:1234'],
    ['localhost:5000/redis', 6379, 'x redis 127.0.0.1:1234'],
    ['${REDIS_IMAGE:-redis:7}', 6379, 'x redis 127.0.0.1:1234'],
    ['postgres:16', 5432, 'x postgres 127.0.0.1:1234'],
    ['haproxy:3.0', 8404, 'x tcp 127.0.0.1:1234'],
  ])('%s', (image, port, want) => {
    expect(take({ x: { image, ports: [`1234:${port}`] } }).services).toEqual([want]);
  });
});

describe('published ports', () => {
  test.each<[string, object, string]>([
    ['an address', { ports: ['127.0.0.1:7000:6379'] }, '127.0.0.1:7000'],
    ['another address', { ports: ['127.0.0.2:7000:6379'] }, '127.0.0.2:7000'],
    ['an IPv6 address', { ports: ['[::1]:7000:6379'] }, '[::1]:7000'],
    ['any address', { ports: ['0.0.0.0:7000:6379/tcp'] }, '127.0.0.1:7000'],
    ['a variable', { ports: ['${PORT:-7000}:6379'] }, '127.0.0.1:7000'],
    ['the long form', { ports: [{ target: 6379, published: '7000' }] }, '127.0.0.1:7000'],
    ['one of several', { ports: ['1:2', '7000:6379'] }, '127.0.0.1:7000'],
    ["the host's network", { network_mode: 'host' }, '127.0.0.1:6379'],
  ])('%s', (_, more, want) => {
    expect(take({ x: { image: 'redis', ...more } }).services).toEqual([`x redis ${want}`]);
  });
});

describe('health checks', () => {
  test.each<[string, unknown, string]>([
    ['a list', ['CMD', 'curl', '-f', 'http://localhost:80/health'], 'http://127.0.0.1:7000/health'],
    ['no scheme', 'curl -f localhost/health', 'http://127.0.0.1:7000/health'],
    ['a shell', 'curl -f http://127.0.0.1/up || exit 1', 'http://127.0.0.1:7000/up'],
    [
      'a secret',
      ['CMD-SHELL', "wget 'http://u:hunter2@localhost/?x=1&token=hunter3'"],
      'http://127.0.0.1:7000/?x=1',
    ],
  ])('%s', (_, check, want) => {
    const { services, text } = take({
      x: { image: 'mine', ports: ['7000:80'], healthcheck: { test: check } },
    });
    expect(services).toEqual([`x http ${want}`]);
    expect(text).not.toContain('hunter');
  });
});

test.each<[string, object, RegExp]>([
  ['no port', { image: 'redis' }, /^service x: it publishes no port/],
  ['a port that Docker chooses', { image: 'redis', ports: ['6379'] }, /^service x: it publishes no port/],
  ['a variable alone', { image: 'redis', ports: ['${PORT}:6379'] }, /^service x: it publishes no port/],
  ['other ports', { image: 'redis', ports: ['1:2', '3:4'] }, /^service x: it does not publish its port 6379/],
  [
    'a health check at another port',
    { image: 'mine', ports: ['1:2'], healthcheck: { test: 'curl localhost:3' } },
    /^service x: it does not publish its port 3/,
  ],
  [
    'UDP in the long form',
    { image: 'redis', ports: [{ target: 6379, published: 1, protocol: 'udp' }] },
    /^service x: it publishes no port/,
  ],
  ['UDP', { image: 'redis', ports: ['1:6379/udp'] }, /^service x: it publishes no port/],
  ['another image', { image: 'mine', ports: ['1:2'] }, /^service x: the image mine is not known here/],
  [
    'a health check without HTTP',
    { image: 'mine', ports: ['1:2'], healthcheck: { test: 'nc -z localhost 2' } },
    /^service x: the image mine is not known here/,
  ],
  ['no image', { build: '.' }, /^service x: it is built, and has no HTTP health check/],
])('left out and said so: %s', (_, definition, want) => {
  const { left, text } = take({ x: definition });
  expect(left).toEqual([expect.stringMatching(want)]);
  expect(text).toContain(`# * ${left[0]}`);
});

test('no password is copied', () => {
  const { text } = take({
    cache: { image: 'redis', ports: ['6379:6379'], command: 'redis-server --requirepass hunter2' },
    db: {
      image: 'postgres',
      ports: ['5432:5432'],
      environment: ['POSTGRES_USER=app', 'POSTGRES_PASSWORD=hunter2', 'POSTGRES_DB=chats'],
    },
  });
  expect(text).toContain('# password_file: cache.password');
  expect(text).toContain('# password_file: db.password');
  expect(text).toMatch(/username: app\n +database: chats\n/);
  expect(text).not.toContain('hunter');
});

test('names fit for monitor.yml, anchors, and where workflows send requests', () => {
  const { services, configuration } = take(`
x-model: &model { image: ollama/ollama }
services:
  __proto__: { <<: *model, ports: ["1:11434"] }
  "a $b": { <<: *model, ports: ["2:11434"] }
`);
  expect(services).toEqual([
    'proto ollama http://127.0.0.1:1/api/tags',
    'a_b ollama http://127.0.0.1:2/api/tags',
  ]);
  expect(configuration.services.map(({ name }) => name)).toEqual(['__proto__', 'a $b']);
  expect([...configuration.endpoints.capabilities.keys()]).toEqual(['llm']);
});

test.each(['[]', 'a: b', 'services: {}\nscan: {}'])('no source: %s', text => {
  expect(() => take(text)).toThrow(/docker-compose\.yml is no haproxy\.cfg .*; name one of these$/);
});
