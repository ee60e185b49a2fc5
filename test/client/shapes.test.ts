// The client's types beside the shapes that the doors answer with, and what is no answer of a monitor's.

import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import type { BestEndpoint, ClusterHealth, ServiceEntry } from '../../src/client/answers.js';
import { isAnswer, LangGraphMonitoring } from '../../src/client/monitoring.js';
import type * as shapes from '../../src/http/shapes.js';
import { listen, portOf, stop } from '../support/http.js';

test('the types are those of the doors, either way', () => {
  expectTypeOf<shapes.ClusterHealth>().toExtend<ClusterHealth>();
  expectTypeOf<shapes.ServiceEntry>().toExtend<ServiceEntry>();
  expectTypeOf<shapes.BestEndpoint>().toExtend<BestEndpoint>();
  // Whatever the doors say can be read by the client's types.
  expectTypeOf<keyof ClusterHealth>().toEqualTypeOf<keyof shapes.ClusterHealth>();
  expectTypeOf<keyof BestEndpoint>().toEqualTypeOf<keyof shapes.BestEndpoint>();
  expectTypeOf<keyof ServiceEntry>().toEqualTypeOf<keyof shapes.ServiceEntry>();
  expectTypeOf<ServiceEntry['health']['status']>().toEqualTypeOf<shapes.ServiceEntry['health']['status']>();
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Something that listens where the monitor should. */
async function stranger(answer: RequestListener): Promise<string> {
  const server = await listen(answer);
  closers.push(() => stop(server));
  return `http://127.0.0.1:${portOf(server)}`;
}

const health = {
  overall_status: 'healthy',
  services: { llm: { name: 'LLM', critical: true, health: { status: 'healthy' } } },
  alerts: [],
};
const best = { endpoint: 'http://127.0.0.1:1', candidates: [], fallback: null };

describe('no answer', () => {
  test.each<[name: string, path: 'health' | 'best', body: string, want: string]>([
    ['an object of another service', 'health', '{"status":"ok"}', 'overall_status is missing'],
    ['a list', 'health', '[]', 'it is no object'],
    ['null', 'health', 'null', 'it is no object'],
    ['a text', 'health', '"healthy"', 'it is no object'],
    ['a web page', 'health', '<!doctype html>', 'it is not JSON'],
    ['nothing', 'health', '', 'it is not JSON'],
    ['another word for the status', 'health', '{"overall_status":"UP"}', 'overall_status is not what'],
    ['services as a list', 'health', JSON.stringify({ ...health, services: [] }), 'services is not what'],
    [
      'a service without its health',
      'health',
      JSON.stringify({ ...health, services: { llm: {} } }),
      'services.llm has no health.status',
    ],
    ['no alerts', 'health', JSON.stringify({ ...health, alerts: undefined }), 'alerts is missing'],
    ['an endpoint of another service', 'best', '{"status":"ok"}', 'endpoint is missing'],
    ['an endpoint that is no URL', 'best', JSON.stringify({ ...best, endpoint: '' }), 'endpoint is not what'],
    [
      'candidates without their URL',
      'best',
      JSON.stringify({ ...best, candidates: [{ service: 'llm' }] }),
      'candidates is not what',
    ],
    ['no fallback', 'best', JSON.stringify({ ...best, fallback: undefined }), 'fallback is missing'],
  ])('%s', async (_, path, body, want) => {
    const url = await stranger((_request, response) => response.end(body));
    const client = new LangGraphMonitoring({ url, fallbackEndpoint: 'http://127.0.0.1:9' });
    const answer =
      path === 'health' ? await client.checkClusterHealth() : await client.getBestEndpoint('llm');
    expect(isAnswer<object>(answer)).toBe(false);
    expect(answer.error).toContain(want);
    expect(answer.error).toContain(`${url} does not answer as the monitoring service does: `);
    expect(await client.getBestLlmEndpoint()).toBe('http://127.0.0.1:9');
    expect(await client.getBestLlmEndpoint({ prefer: 'latency' })).toBe('http://127.0.0.1:9');
    expect(await client.getServiceHealth('llm')).toEqual({ error: 'Unable to get cluster health' });
  });

  test('events of another service are no state', async () => {
    const url = await stranger((request, response) => {
      if (request.url !== '/events') return response.end('{"status":"ok"}');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: health\ndata: {"status":"ok"}\n\n');
      return undefined;
    });
    const client = new LangGraphMonitoring({ url });
    const view = client.watch();
    closers.push(() => view.close());
    expect(await view.ready(500)).toBe(false);
    expect([view.health, client.current]).toEqual([undefined, undefined]);
  });
});

test('what a newer monitor adds is taken', async () => {
  const url = await stranger((_, response) => response.end(JSON.stringify({ ...health, more: 1 })));
  expect(await new LangGraphMonitoring({ url }).checkClusterHealth()).toEqual({ ...health, more: 1 });
});
