import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { result, startMonitor, type TestMonitor } from './monitor.js';

let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor();
});
afterAll(() => monitor[Symbol.asyncDispose]());

const llm = (jetson: string, cpu: string) => [
  { service: 'jetson_ollama', url: 'http://127.0.0.1:11434', status: jetson },
  { service: 'cpu_llama', url: 'http://127.0.0.1:8080', status: cpu },
];
const common = {
  capability: 'llm',
  fallback: 'http://127.0.0.1:9000',
  timestamp: '2024-01-15T10:30:45.123456',
};

describe('GET /best_endpoint', () => {
  test('follows the results of checks', async () => {
    monitor.feed(result('jetson_ollama'));
    monitor.feed(result('cpu_llama'));
    const first = {
      ...common,
      endpoint: 'http://127.0.0.1:11434',
      service: 'jetson_ollama',
      reason: 'jetson_ollama is healthy',
      prefer: 'order',
      candidates: llm('healthy', 'healthy'),
    };
    expect(await monitor.json('/best_endpoint?capability=llm')).toEqual(first);
    expect(await monitor.json('/best_endpoint')).toEqual(first);
    const bad = { status: 'error', error: 'Connection refused', reason: 'refused', level: 'down' } as const;
    monitor.feed(result('jetson_ollama', bad));
    expect(await monitor.json('/best_endpoint')).toMatchObject({ endpoint: 'http://127.0.0.1:8080' });
    monitor.feed(result('cpu_llama', bad));
    expect(await monitor.json('/best_endpoint')).toEqual({
      ...common,
      endpoint: 'http://127.0.0.1:9000',
      service: null,
      reason: 'no endpoint is healthy (jetson_ollama: error, cpu_llama: error); the fallback',
      prefer: 'order',
      candidates: llm('error', 'error'),
    });
  });

  test('answers from memory without a query engine', async () => {
    monitor.feed(result('jetson_ollama'));
    expect(await monitor.json('/best_endpoint?prefer=latency')).toMatchObject({
      service: 'jetson_ollama',
      latency_problem: 'no query engine in this test',
    });
  });

  test.each([
    [
      'an unknown capability',
      '?capability=vision',
      404,
      'no endpoints for "vision"; there are llm; name them below endpoints: in the configuration',
    ],
    ['two capabilities', '?capability=llm&capability=x', 400, 'capability: expected one capability'],
    [
      'another preference',
      '?prefer=price',
      400,
      'prefer: expected one of order, latency, first_token, tokens_per_second',
    ],
  ])('%s', async (_, query, status, error) => {
    const response = await fetch(`${monitor.url}/best_endpoint${query}`);
    expect([response.status, await response.json()]).toEqual([status, { error }]);
  });
});
