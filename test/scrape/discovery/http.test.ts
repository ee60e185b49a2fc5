// Targets that a server lists.

import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listen, portOf, stop } from '../../support/http.js';
import { type Discovered, discover } from './support.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const respond = (response: ServerResponse, list: unknown) =>
  response.writeHead(200, JSON_TYPE).end(JSON.stringify(list));
const targets = (...addresses: string[]) => [{ targets: addresses }];

let server: Server;
let url = '';
let answer: (response: ServerResponse) => void = () => {};
let asked: IncomingHttpHeaders[] = [];
let found: Discovered | undefined;
beforeEach(async () => {
  asked = [];
  server = await listen((request, response) => {
    asked.push(request.headers);
    answer(response);
  });
  url = `http://127.0.0.1:${portOf(server)}/targets`;
});
afterEach(async () => {
  found?.discovery.close();
  await stop(server);
});

const start = (keys: object = {}) => {
  found = discover({ http_sd_configs: [{ url, refresh_interval: '300ms', ...keys }] });
  return found;
};

test('groups have their labels and the URL; the request says how often it is made', async () => {
  answer = response =>
    respond(response, [{ targets: ['127.0.0.1:1'], labels: { zone: 'b' } }, { targets: [] }]);
  const { until, labels } = start({ basic_auth: { username: 'me', password: 'hidden' } });
  await until(['127.0.0.1:1']);
  expect(labels()).toEqual([{ __address__: '127.0.0.1:1', __meta_url: url, zone: 'b' }]);
  expect(asked[0]).toMatchObject({
    accept: 'application/json',
    authorization: `Basic ${Buffer.from('me:hidden').toString('base64')}`,
    'x-prometheus-refresh-interval-seconds': '0.3',
  });
});

test('the list is asked for again', async () => {
  answer = response => respond(response, targets('127.0.0.1:1', '127.0.0.1:2'));
  const { until } = start();
  await until(['127.0.0.1:1', '127.0.0.1:2']);
  answer = response => respond(response, targets('127.0.0.1:3'));
  await until(['127.0.0.1:3']);
  answer = response => respond(response, []);
  await until([]);
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ['an error', response => response.writeHead(503).end('[]'), 'server returned HTTP status 503'],
  [
    'another type',
    response => response.writeHead(200, { 'content-type': 'text/html' }).end('[]'),
    'unsupported content type "text/html"',
  ],
  ['no type', response => response.writeHead(200).end('[]'), 'unsupported content type ""'],
  ['no list', response => respond(response, {}), 'expected a list of target groups'],
  ['another field', response => respond(response, [{ targets: [], x: 1 }]), '[0]: unknown field "x"'],
  ['half an answer', response => response.writeHead(200, JSON_TYPE).end('[{"targets"'), 'not valid JSON'],
  ['a closed connection', response => response.destroy(), 'connection'],
  ['no answer', () => {}, 'no answer within refresh_interval'],
])('%s keeps the last targets', async (_, broken, want) => {
  answer = response => respond(response, targets('127.0.0.1:1'));
  const { until, untilLogged, addresses } = start();
  await until(['127.0.0.1:1']);
  answer = broken;
  await untilLogged(`${url}: ${want}`);
  expect(addresses()).toEqual(['127.0.0.1:1']);
  answer = response => respond(response, targets('127.0.0.1:2'));
  await until(['127.0.0.1:2']);
  await untilLogged('Service discovery recovered');
});

test('a charset of UTF-8 is right', async () => {
  answer = response =>
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(targets('127.0.0.1:1')));
  await start().until(['127.0.0.1:1']);
});

test('a password in the URL is sent and not shown', async () => {
  answer = response => respond(response, targets('127.0.0.1:1'));
  const { until, labels } = start({ url: url.replace('//', '//me:hidden@') });
  await until(['127.0.0.1:1']);
  expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('me:hidden').toString('base64')}`);
  expect(labels()).toEqual([{ __address__: '127.0.0.1:1', __meta_url: url.replace('//', '//me:xxxxx@') }]);
});
