// Alertmanager's webhook: the JSON, byte by byte, its URL and credentials.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReceiverKind } from '../../../src/alertmanager/receivers/receiver.js';
import { webhook } from '../../../src/alertmanager/receivers/webhook.js';
import { answers, type Endpoint, startEndpoint } from '../../support/endpoint.js';
import { alert, mistakesIn, notification, open, storm } from '../../support/receivers.js';

const kind = webhook as ReceiverKind;
let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => {
  endpoint.requests.length = 0;
  endpoint.behaviour = answers(200, 'ok');
});
afterAll(() => endpoint.close());

async function sent(entry: string, message = notification()) {
  const opened = open(kind, entry);
  expect(await opened.deliver(message)).toBeUndefined();
  opened.receiver.close();
  expect(endpoint.requests).toHaveLength(1);
  return endpoint.requests[0] as Endpoint['requests'][number];
}

test('version 4, byte by byte', async () => {
  const request = await sent(
    `url: ${endpoint.url}/hook?key=1`,
    notification([alert(), alert({ isResolved: true })]),
  );
  expect(request).toMatchObject({ method: 'POST', path: '/hook?key=1' });
  expect(request.headers['content-type']).toBe('application/json');
  const labels = '{"alertname":"ServiceDown","severity":"critical","target":"tools"}';
  const annotations =
    '{"description":"Tools Server is timeout - Request timed out","summary":"Tools Server"}';
  const rest = `"generatorURL":"http://127.0.0.1:8000/graph?g0.expr=up\\u0026g0.tab=1","fingerprint":"${alert().fingerprint}"}`;
  const starts = '"startsAt":"2024-01-15T10:30:45.123456Z"';
  expect(request.body).toBe(
    `{"receiver":"ops","status":"firing","alerts":[` +
      `{"status":"firing","labels":${labels},"annotations":${annotations},${starts},"endsAt":"0001-01-01T00:00:00Z",${rest},` +
      `{"status":"resolved","labels":${labels},"annotations":${annotations},${starts},"endsAt":"2024-01-15T10:31:46.123456Z",${rest}` +
      `],"groupLabels":{"alertname":"ServiceDown"},"commonLabels":${labels},"commonAnnotations":${annotations},` +
      `"externalURL":"http://127.0.0.1:8000","version":"4","groupKey":"{}:{alertname=\\"ServiceDown\\"}","truncatedAlerts":0}\n`,
  );
});

test('max_alerts', async () => {
  const { body } = await sent(`{url: ${endpoint.url}, max_alerts: 10}`, storm());
  expect(JSON.parse(body)).toMatchObject({ truncatedAlerts: 90 });
  expect(JSON.parse(body).alerts).toHaveLength(10);
});

test('a URL that is a template', async () => {
  const { path } = await sent(`url: '${endpoint.url}/{{ .CommonLabels.severity }}'`);
  expect(path).toBe('/critical');
});

test('credentials of http_config and of the URL', async () => {
  const entry = `{url: ${endpoint.url}/a, http_config: {authorization: {credentials: token-1}}}`;
  expect((await sent(entry)).headers.authorization).toBe('Bearer token-1');
  endpoint.requests.length = 0;
  const url = endpoint.url.replace('//', '//me:secret@');
  expect((await sent(`url: ${url}/a`)).headers.authorization).toBe(
    `Basic ${Buffer.from('me:secret').toString('base64')}`,
  );
});

describe('mistakes', () => {
  test.each([
    ['{}', ['1: one of url or url_file must be configured']],
    ['{url: http://x, url_file: /y}', ['1: at most one of url & url_file must be configured']],
    ['{url: ftp://x}', ['1: unsupported scheme "ftp" for URL']],
    ['{url: http://x, max_alerts: -1}', ['1: cannot unmarshal !!int `-1` into uint64']],
  ])('%s', (entry, want) => expect(mistakesIn(kind, entry)).toEqual(want));
});
