import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { result, startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
/** As Prometheus sends them, version 2 and version 3. */
const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor();
  monitor.feed(result('tools'));
});
afterAll(() => monitor[Symbol.asyncDispose]());

const get = (...headers: string[]) => send(monitor.port, request('GET', '/metrics', ...headers));

describe('/metrics', () => {
  test.each([
    ['nothing', undefined, TEXT],
    ['anything', '*/*', TEXT],
    ['text', 'text/plain', TEXT],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', TEXT],
    ['Prometheus 2', PROMETHEUS_2, OPENMETRICS],
    ['Prometheus 3', PROMETHEUS_3, OPENMETRICS],
    ['OpenMetrics liked less', 'application/openmetrics-text;q=0.4, text/plain;q=0.5', TEXT],
    ['OpenMetrics not at all', 'application/openmetrics-text;q=0, text/plain', TEXT],
    ['what there is not', 'application/json', TEXT],
    ['nonsense', ';;q=,,', TEXT],
  ])('format for who accepts %s', async (_, accept, type) => {
    const answer = await get(...(accept === undefined ? [] : [`accept: ${accept}`]));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type]);
    expect(answer.body.endsWith('# EOF\n')).toBe(type === OPENMETRICS);
    expect(answer.body).toContain('langgraph_monitor_service_up{target="tools"} 1\n');
    expect(answer.headers.vary).toBe('accept, accept-encoding');
  });

  test.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'gzip'],
    ['deflate, gzip;q=0.5', 'gzip'],
    ['*', 'gzip'],
    ['gzip;q=0', undefined],
    ['identity', undefined],
    ['deflate', undefined],
    ['xgzip', undefined],
  ])('encoding for who accepts %s', async (accept, encoding) => {
    const response = await fetch(`${monitor.url}/metrics`, { headers: { 'accept-encoding': accept } });
    expect(response.headers.get('content-encoding') ?? undefined).toBe(encoding);
    expect(await response.text()).toContain('langgraph_monitor_service_up{target="tools"} 1\n');
  });

  test('is the same bytes until something changes, plain and gzipped', async () => {
    const [first, second] = [await get(), await get()];
    expect(second).toEqual({ ...first, headers: { ...first.headers, date: second.headers.date } });
    monitor.feed(
      result('redis', { status: 'error', level: 'down', error: 'Connection refused', reason: 'refused' }),
    );
    const third = await get();
    expect(third.body).not.toBe(first.body);
    expect(third.body).toContain(
      'langgraph_monitor_service_failure_reason{target="redis",reason="refused"} 1\n',
    );
    const zipped = await fetch(`${monitor.url}/metrics`, { headers: { 'accept-encoding': 'gzip' } });
    expect(await zipped.text()).toBe(third.body);
  });

  test('is answered to HEAD with the length of the page', async () => {
    const answer = await send(monitor.port, request('HEAD', '/metrics', 'accept-encoding: gzip'));
    expect([answer.status, answer.body, answer.headers['content-encoding']]).toEqual([200, '', 'gzip']);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });
});

test('gzip is gzip', async () => {
  const { request: ask } = await import('node:http');
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    ask(`${monitor.url}/metrics`, { headers: { 'accept-encoding': 'gzip' } }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
  });
  expect(gunzipSync(bytes).toString()).toBe((await get()).body);
});
