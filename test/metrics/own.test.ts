// The monitor's metrics about itself.

import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { OwnMetrics } from '../../src/metrics/own.js';

test('a delay of the event loop that was not measured yet is no number', async () => {
  const registry = new Registry();
  new OwnMetrics(registry, { version: '1.2.3' });
  const least = async () => {
    const text = await registry.metrics();
    return Number(/^nodejs_eventloop_lag_min_seconds (\S+)$/m.exec(text)?.[1]);
  };
  // The first page is asked for before the first sample, and each page begins a new histogram.
  await least();
  expect(await least()).toBeNaN();
});

test('one of several monitors that share the services says which it is; one that has all does not', async () => {
  const registry = new Registry();
  const own = new OwnMetrics(registry, { version: '1.2.3' });
  const line = async () => /^langgraph_monitor_shard_info\{.*$/m.exec(await registry.metrics())?.[0];
  expect(await line()).toBeUndefined();
  own.setShard({ index: 0, of: 4 });
  own.setShard({ index: 2, of: 5 });
  expect(await line()).toBe('langgraph_monitor_shard_info{shard="2",of="5"} 1');
  own.setShard(undefined);
  expect(await line()).toBeUndefined();
});

test('requests are counted by endpoint and status', async () => {
  const registry = new Registry();
  const own = new OwnMetrics(registry, { version: '1.2.3' });
  const lines = async () =>
    [...(await registry.metrics()).matchAll(/^langgraph_monitor_http_requests_total\{.*$/gm)].map(String);
  expect(await lines()).toEqual([]);
  own.answered('/health', 200);
  own.answered('/health', 200);
  own.answered('/health', 503);
  own.answered('/metrics', 200);
  const three = [
    'langgraph_monitor_http_requests_total{handler="/health",code="200"} 2',
    'langgraph_monitor_http_requests_total{handler="/health",code="503"} 1',
    'langgraph_monitor_http_requests_total{handler="/metrics",code="200"} 1',
  ];
  expect(await lines()).toEqual(three);
  // Reading it again counts nothing twice.
  expect(await lines()).toEqual(three);
  own.answered('/health', 503);
  expect(await lines()).toEqual([three[0], three[1]?.replace(/1$/, '2'), three[2]]);
});

test('the size of the store is read when the metrics are', async () => {
  const registry = new Registry();
  const own = new OwnMetrics(registry, { version: '1.2.3' });
  const size = async () => /^langgraph_monitor_store_size_bytes (\S+)$/m.exec(await registry.metrics())?.[1];
  expect(await size()).toBe('0');
  const store = { problem: undefined, size: 10, errors: 0, pending: 0, damage: { rows: 0, at: undefined } };
  own.setStore(store);
  store.size = 20;
  expect(await size()).toBe('20');
});
