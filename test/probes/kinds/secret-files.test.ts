// Secrets in files that change while the monitor runs, as the services that ask for them see it. The options go the way
// to the thread of the checks.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FileSecret } from '../../../src/config/file-secret.js';
import { reviveSecrets, serializeSecrets } from '../../../src/config/secret-transfer.js';
import { haproxy } from '../../../src/probes/kinds/haproxy.js';
import { http } from '../../../src/probes/kinds/http.js';
import { ollama } from '../../../src/probes/kinds/ollama.js';
import { openai } from '../../../src/probes/kinds/openai.js';
import { redis } from '../../../src/probes/kinds/redis.js';
import type { ProbeKind } from '../../../src/probes/probe-kind.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { listen, portOf, stop } from '../../support/http.js';
import { type RedisServer, startRedis } from '../../support/redis.js';
import { Checked } from '../checks.js';

const CSV = '# pxname,svname,status,\nweb,FRONTEND,OPEN,\n';
const BODIES: Readonly<Record<string, string>> = {
  '/api/tags': '{"models":[]}',
  '/v1/models': '{"data":[]}',
  '/stats;csv': CSV,
};

const folder = makeFolder('secret-files');
const file = join(folder, 'secret');
const undo: (() => unknown)[] = [() => removeFolder(folder)];
afterAll(async () => {
  for (const each of undo.reverse()) await each();
});
let service: Checked | undefined;
afterEach(() => service?.close());

/** What the servers ask for. */
let wanted = '';
let cache: RedisServer;
let origin = '';
beforeAll(async () => {
  cache = await startRedis();
  undo.push(() => cache.close());
  const server = await listen((request, response) => {
    const allowed = credentialsIn(request).includes(wanted);
    response.writeHead(allowed ? 200 : 401);
    response.end(
      allowed ? (BODIES[request.url ?? ''] ?? '{"status":"ok"}') : `not ${credentialsIn(request)}`,
    );
  });
  undo.push(() => stop(server));
  origin = `http://127.0.0.1:${portOf(server)}`;
});

function credentialsIn({ headers }: IncomingMessage): string[] {
  const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
  const basic = Buffer.from(value, 'base64').toString().split(':');
  return [...(scheme === 'Basic' ? basic : [value]), String(headers['x-token'] ?? '')].filter(Boolean);
}

/** Writes a file as secret managers do: its name leads to the old or the new one at any time. */
function replace(value: string): void {
  writeFileSync(`${file}.new`, value);
  renameSync(`${file}.new`, file);
}

async function want(value: string, isRedis: boolean): Promise<void> {
  wanted = value;
  if (isRedis) await cache.command(`ACL SETUSER monitor on resetpass >${value} -@all +ping +info`);
}

const inFile = () => new FileSecret(file, { keepsBlanks: true });
const CASES: [name: string, kind: ProbeKind, options: () => object][] = [
  ['a token', http, () => ({ url: origin, authorization: { credentials: inFile() } })],
  ['a password', http, () => ({ url: origin, basic_auth: { username: 'me', password: inFile() } })],
  ['a user', http, () => ({ url: origin, basic_auth: { username: inFile(), password: 'x' } })],
  ['a header', http, () => ({ url: origin, headers: { 'X-Token': inFile() } })],
  ['Ollama', ollama, () => ({ url: origin, authorization: { credentials: inFile() } })],
  ["an OpenAI server's key", openai, () => ({ url: origin, api_key: inFile() })],
  ['HAProxy', haproxy, () => ({ url: origin, authorization: { credentials: inFile() } })],
  [
    "HAProxy's statistics",
    haproxy,
    () => ({
      stats_url: `${origin}/stats;csv`,
      stats_basic_auth: { username: 'me', password: inFile() },
    }),
  ],
  ['Redis', redis, () => ({ host: `127.0.0.1:${cache.port}`, username: 'monitor', password: inFile() })],
];

test.each(CASES)('%s is the one that is in the file now', async (name, kind, options) => {
  const isRedis = kind.kind === 'redis';
  const outcomes: string[] = [];
  const check = async () => {
    // A kept connection has signed in already.
    if (isRedis) await cache.command('CLIENT KILL USER monitor');
    const { status, reason, error = '' } = await (service as Checked).run();
    outcomes.push(reason ? `${status} ${reason}: ${error}` : status);
  };
  await want('first-token', isRedis);
  replace('first-token\n');
  service = new Checked(kind, reviveSecrets(structuredClone(serializeSecrets(options()))));
  await check();
  await want('second-token', isRedis);
  replace('second-token\n');
  await check();
  rmSync(file);
  await check();
  replace('third-token');
  await check();
  await want('third-token', isRedis);
  await check();
  expect(outcomes).toEqual([
    'healthy',
    'healthy',
    expect.stringMatching(
      /^unhealthy auth: (?:Statistics: )?Secret: cannot read \/.*\/secret: no such file$/,
    ),
    expect.stringMatching(/^unhealthy auth: /),
    'healthy',
  ]);
  // Of basic_auth only the password is a secret.
  if (name !== 'a user') expect(outcomes.join()).not.toContain('third-token');
});
