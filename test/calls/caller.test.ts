// The client every room calls others with: what is read anew at each call.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Caller } from '../../src/calls/caller.js';
import { explainError } from '../../src/calls/trouble.js';
import { FileSecret } from '../../src/config/file-secret.js';
import { listen, portOf, stop } from '../support/http.js';

const folder = mkdtempSync(join(tmpdir(), 'caller-'));
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a secret in a file is the one that is there when the call is made', async () => {
  const heard: unknown[] = [];
  const server = await listen((request, response) => {
    heard.push(request.headers.authorization, request.headers['x-key']);
    response.end();
  });
  const url = new URL(`http://127.0.0.1:${portOf(server)}/`);
  undo.push(() => stop(server));
  const file = join(folder, 'secret');
  const caller = new Caller(url, {
    basic_auth: { username: new FileSecret(file), password: new FileSecret(file) },
    headers: { 'x-key': new FileSecret(file) },
    follow_redirects: true,
  });
  undo.push(() => caller.close());
  const call = () =>
    caller.call({ method: 'GET', url }, { signal: AbortSignal.timeout(10_000), sink: () => () => {} });

  const error = await call().catch(explainError);
  expect(error).toBe(`cannot read ${file}: no such file`);
  for (const secret of ['one', 'two']) {
    writeFileSync(file, `${secret}\n`);
    expect((await call()).status).toBe(200);
  }
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(heard).toEqual([basic('one:one'), 'one', basic('two:two'), 'two']);
});
