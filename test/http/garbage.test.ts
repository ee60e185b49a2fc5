// Every parameter of every endpoint, as /openapi.json describes them, with what no client should send: an answer or one
// clear line, never a failure of the monitor's own.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApi, Operation } from '../../src/http/openapi.js';
import { result, startMonitor, type TestMonitor } from './monitor.js';
import { answerOf, NotingEngine } from './prometheus/engines.js';
import { request, send, type WireAnswer } from './wire.js';

const VALUES = [
  '',
  '-1',
  '0',
  '1e400',
  'NaN',
  '-Infinity',
  '99999999999999999999',
  '0x10',
  'null',
  '[]',
  '{}',
  '%00',
  '%ff%fe',
  '%zz',
  '%ED%A0%80',
  '%0d%0ax:1',
  '%3Cscript%3E',
  '2024-99-99',
  '999999999y',
  '__proto__',
  'constructor',
  '..%2F..%2Fetc%2Fpasswd',
  'a'.repeat(12_000),
  '('.repeat(3000),
];
/** How a parameter is repeated or nested. */
const FORMS = ['NAME=1&NAME=2', 'NAME[]=1', 'NAME[a]=1', 'NAME', 'NAME=1'.concat('&NAME=1'.repeat(500))];
const BODIES = [
  '',
  '{',
  'null',
  '[]',
  '[null]',
  '1',
  '\0',
  '\ufeff{}',
  '['.repeat(10_000),
  '{"a":'.repeat(5000),
  '{"__proto__":{"x":1}}',
  '[{"labels":{"alertname":1}}]',
  '[{"labels":{"alertname":"x"},"startsAt":"9999-12-31T23:59:59Z","endsAt":"0000-01-01T00:00:00Z"}]',
  '{"matchers":[{"name":"a","value":"(","isRegex":true}],"startsAt":"x","endsAt":"y","createdBy":1,"comment":{}}',
  '%zz=%zz&query[]=1',
];
const GOOD: Readonly<Record<string, string>> = {
  query: '1',
  start: '1',
  end: '2',
  step: '1',
  'match[]': 'up',
};
const LONGEST_LINE = 2100;

const engine = new NotingEngine();
engine.reply = async () => answerOf('{"resultType":"scalar","result":[1,"1"]}');
let monitor: TestMonitor;
let paths: OpenApi['paths'];
beforeAll(async () => {
  monitor = await startMonitor({ query: engine });
  for (const { id } of monitor.cluster.services) monitor.feed(result(id));
  ({ paths } = (await monitor.json('/openapi.json')) as OpenApi);
});
afterAll(() => monitor[Symbol.asyncDispose]());

/** Requests of one operation with one thing wrong. */
function* requestsOf(path: string, method: string, { parameters = [], requestBody }: Operation) {
  const named = (name: string, value: string) => `${encodeURIComponent(name)}=${value}`;
  const asked = parameters.filter(each => each.in === 'query');
  const place = (wrong?: string, value = '') =>
    path.replace(/\{(\w+)\}/g, (_, name) => (name === wrong ? value.replaceAll('/', '%2F') : 'x'));
  const query = (but?: string) =>
    asked
      .filter(each => each.required && each.name !== but)
      .map(({ name }) => named(name, GOOD[name] ?? '1'));
  const target = (at: string, pieces: readonly string[]) =>
    pieces.length > 0 ? `${at}?${pieces.join('&')}` : at;
  for (const each of parameters) {
    for (const value of VALUES)
      yield each.in === 'path'
        ? request(method, target(place(each.name, value), query()))
        : request(method, target(place(), [...query(each.name), named(each.name, value)]));
    if (each.in === 'query')
      for (const form of FORMS)
        yield request(method, target(place(), [...query(each.name), form.replaceAll('NAME', each.name)]));
  }
  if (method !== 'POST') return;
  const types = [...Object.keys(requestBody?.content ?? {}), 'application/json', 'multipart/form-data', 'x'];
  for (const type of new Set(types))
    for (const body of BODIES) {
      const headers = [`content-type: ${type}`, `content-length: ${Buffer.byteLength(body, 'latin1')}`];
      yield request(method, target(place(), query()), ...headers) + body;
    }
}

/** What an error says; undefined where the answer is none. */
function messageOf({ status, body }: WireAnswer): string | undefined {
  if (status < 400) return undefined;
  const answer = JSON.parse(body) as string | { error?: string; message?: string };
  return typeof answer === 'string' ? answer : (answer.error ?? answer.message ?? body);
}

/** What a request shows that it should not. */
async function wrongWith(bytes: string, { responses }: Operation): Promise<string[]> {
  const answer = await send(monitor.port, bytes);
  const message = messageOf(answer);
  const isOurs = answer.status === 500 || (answer.status > 500 && !(answer.status in responses));
  const isClear =
    message === undefined ||
    (message.length <= LONGEST_LINE && !/\p{Cc}|undefined|\bat .*:\d+|Cannot read/u.test(message));
  return isOurs || !isClear
    ? [`${bytes.slice(0, 150)} => ${answer.status} ${answer.body.slice(0, 200)}`]
    : [];
}

test('is answered, or refused in one clear line', async () => {
  const wrong: string[] = [];
  let count = 0;
  for (const [path, operations] of Object.entries(paths)) {
    // A stream has no end.
    if (path.endsWith('/events')) continue;
    for (const [name, operation] of Object.entries(operations)) {
      const requests = [...requestsOf(path, name.toUpperCase(), operation)];
      count += requests.length;
      const found = await Promise.all(requests.map(bytes => wrongWith(bytes, operation)));
      wrong.push(...found.flat());
    }
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(2000);
  expect(monitor.logged.filter(line => line.includes('Request failed'))).toEqual([]);
});
