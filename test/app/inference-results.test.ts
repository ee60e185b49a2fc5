import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/app/configuration.js';
import { InferenceResults } from '../../src/app/inference-results.js';
import { createLog } from '../../src/app/log.js';
import { Exposition } from '../../src/metrics/exposition.js';
import { InferenceMetrics, inferenceFamilies } from '../../src/metrics/inference.js';
import { MetricsPage } from '../../src/metrics/page.js';
import type { InferenceResult } from '../../src/model/inference.js';
import { makeFolder, removeFolder } from '../support/child.js';

let folder: string;
beforeEach(() => {
  folder = makeFolder('inference-results');
});
afterEach(() => removeFolder(folder));

/** The targets of a configuration with one service of these options. */
function targets(asks: object) {
  const file = join(folder, 'monitor.yml');
  const service = { kind: 'openai', url: 'http://127.0.0.1:1', ...asks };
  writeFileSync(file, JSON.stringify({ services: { llm: service } }));
  return loadConfiguration(file).prober.targets;
}

const result = (test: 'generate' | 'embed', model: string): InferenceResult => ({
  target: 'llm',
  ...{ test, model },
  at: 1_700_000_000_000,
  outcome: { type: 'success' },
  consecutiveFailures: 0,
  measured: {},
});

test.each<[name: string, before: object, after: object, arrives: InferenceResult, shown: boolean]>([
  ['of a test that is left', { generate: {}, embed: {} }, { generate: {} }, result('embed', 'm'), false],
  ['of a test that stays', { generate: {}, embed: {} }, { generate: {} }, result('generate', 'm'), true],
  ['of a service that asks none any more', { generate: {} }, {}, result('generate', 'm'), false],
  [
    'of a model that another took the place of',
    { generate: { models: ['m'] } },
    { generate: { models: ['n'] } },
    result('generate', 'm'),
    false,
  ],
])('a result that was under way at a reload, %s', async (_, before, after, arrives, shown) => {
  const registry = new Registry();
  const exposition = new Exposition(registry, inferenceFamilies);
  const results = new InferenceResults({
    cluster: { has: () => true },
    metrics: new InferenceMetrics(exposition),
    evaluate: async () => {},
    log: createLog('error', 'logfmt', { write: () => true }),
  });
  results.configure(targets(before));
  results.configure(targets(after));
  results.add(arrives);
  const page = Buffer.concat(await new MetricsPage(registry, exposition).get('text', false)).toString();
  expect(page.includes(`llm_probe_success{target="llm",test="${arrives.test}",model="m"} 1`)).toBe(shown);
});
