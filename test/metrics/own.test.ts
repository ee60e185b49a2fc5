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
