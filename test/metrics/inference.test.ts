import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { InferenceMetrics, inferenceFamilies } from '../../src/metrics/inference.js';
import { MetricsPage } from '../../src/metrics/page.js';
import type { InferenceResult } from '../../src/model/inference.js';

let page: MetricsPage;
let metrics: InferenceMetrics;
beforeEach(() => {
  const registry = new Registry();
  const exposition = new Exposition(registry, inferenceFamilies);
  page = new MetricsPage(registry, exposition);
  metrics = new InferenceMetrics(exposition);
});

const asked = { test: 'generate', model: 'm' } as const;
const isM = ({ model }: { model: string }) => model === 'm';
const ok: InferenceResult = {
  target: 'a',
  ...asked,
  at: 1_700_000_000_000,
  outcome: { type: 'success' },
  consecutiveFailures: 0,
  measured: { duration: 900, firstToken: 200, tokens: 16, reasoningTokens: 0, tokensPerSecond: 20 },
};
const failed: InferenceResult = {
  ...ok,
  outcome: { type: 'failure', reason: 'timeout', error: 'Request timed out' },
  consecutiveFailures: 1,
  measured: {},
};
const skipped: InferenceResult = { ...ok, outcome: { type: 'skip', reason: 'down' }, measured: {} };

/** Samples that are not 0, but for buckets; without the labels that all have. */
async function samples(matching = /./): Promise<string[]> {
  const text = Buffer.concat(await page.get('text', false)).toString();
  return text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#') && !line.includes('_bucket{') && matching.test(line))
    .map(line => line.replace(/^llm_probe_/, ''))
    .filter(line => !line.endsWith(' 0'));
}

test('everything is 0 from the start, so that the first failure is an increase', async () => {
  metrics.setAsked('a', [asked], isM);
  const text = Buffer.concat(await page.get('text', false)).toString();
  expect(text).toContain(
    'llm_probe_failures_total{target="a",test="generate",model="m",reason="timeout"} 0\n',
  );
  expect(text).toContain('llm_probe_successes_total{target="a",test="generate",model="m"} 0\n');
  expect(text).toContain('llm_probe_time_to_first_token_seconds_count{model="m",target="a"} 0\n');
  expect(text).not.toContain('llm_probe_success{');
  expect(await samples()).toEqual([]);
});

test('an answer', async () => {
  metrics.setAsked('a', [asked], isM);
  metrics.add(ok);
  expect(await samples()).toEqual([
    'time_to_first_token_seconds_sum{model="m",target="a"} 0.2',
    'time_to_first_token_seconds_count{model="m",target="a"} 1',
    'successes_total{target="a",test="generate",model="m"} 1',
    'success{target="a",test="generate",model="m"} 1',
    'last_timestamp_seconds{target="a",test="generate",model="m"} 1700000000',
    'duration_seconds{target="a",test="generate",model="m"} 0.9',
    'first_token_seconds{target="a",model="m"} 0.2',
    'tokens_per_second{target="a",model="m"} 20',
    'tokens{target="a",model="m"} 16',
  ]);
  const buckets = Buffer.concat(await page.get('text', false))
    .toString()
    .match(/token_seconds_bucket{.*} \d+/g);
  expect(buckets?.map(line => line.replace(/.*le="([^"]+)".* /, '$1 '))).toEqual([
    '0.025 0',
    '0.05 0',
    '0.1 0',
    '0.25 1',
    '0.5 1',
    '1.0 1',
    '2.5 1',
    '5.0 1',
    '10.0 1',
    '30.0 1',
    '60.0 1',
    '+Inf 1',
  ]);
});

test('a failure: its reason and words, and no figures of the answer before', async () => {
  metrics.setAsked('a', [asked], isM);
  metrics.add(ok);
  metrics.add(failed);
  expect(await samples(/failure|success|tokens|first_token_seconds{/)).toEqual([
    'successes_total{target="a",test="generate",model="m"} 1',
    'failures_total{target="a",test="generate",model="m",reason="timeout"} 1',
    'consecutive_failures{target="a",test="generate",model="m"} 1',
    'failure_info{target="a",test="generate",model="m",reason="timeout",error="Request timed out"} 1',
  ]);
});

test('a question that was not asked: counted, and nothing is said of the model', async () => {
  metrics.setAsked('a', [asked], isM);
  metrics.add(failed);
  metrics.add(skipped);
  expect(await samples(/skipped|failure|success|first_token_seconds{/)).toEqual([
    'failures_total{target="a",test="generate",model="m",reason="timeout"} 1',
    'skipped_total{target="a",test="generate",model="m",reason="down"} 1',
  ]);
});

test('a vector', async () => {
  metrics.setAsked('a', [{ test: 'embed', model: 'e' }], () => true);
  metrics.add({ ...ok, test: 'embed', model: 'e', measured: { duration: 30, dimensions: 768 } });
  expect(await samples(/embedding/)).toEqual([
    'embedding_seconds_sum{model="e",target="a"} 0.03',
    'embedding_seconds_count{model="e",target="a"} 1',
    'embedding_dimensions{target="a",model="e"} 768',
  ]);
});

test('a reload keeps what is still asked, and drops the rest', async () => {
  metrics.setAsked('a', [asked, { test: 'generate', model: 'n' }], () => true);
  metrics.add(ok);
  metrics.add({ ...ok, model: 'n' });
  metrics.setAsked('a', [asked], isM);
  expect(await samples(/successes/)).toEqual(['successes_total{target="a",test="generate",model="m"} 1']);
});

test('a model that is found out while it runs stays over a reload', async () => {
  metrics.setAsked('a', [], () => true);
  metrics.add(ok);
  metrics.setAsked('a', [], () => true);
  expect(await samples(/successes/)).toEqual(['successes_total{target="a",test="generate",model="m"} 1']);
});

test('a thread that is lost: counters stay', async () => {
  metrics.setAsked('a', [asked], isM);
  metrics.add(ok);
  metrics.reset('a');
  expect(await samples(/success|tokens/)).toEqual([
    'successes_total{target="a",test="generate",model="m"} 1',
  ]);
});

test('a service that is gone, and one that is not known', async () => {
  metrics.setAsked('a', [asked], isM);
  metrics.add(ok);
  metrics.remove('a');
  metrics.add(ok);
  expect(Buffer.concat(await page.get('text', false)).toString()).not.toContain('target=');
});
