// What scraping is counted as.

import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { ScrapeMetrics } from '../../src/metrics/scraping.js';
import { noSamples } from '../../src/tsdb/row-appender.js';

let registry: Registry;
let metrics: ScrapeMetrics;

beforeEach(() => {
  registry = new Registry();
  metrics = new ScrapeMetrics(registry);
});

/** Series with their values, those that are zero only on request. */
async function series({ zeros = false } = {}): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return lines.filter(line => zeros || !line.endsWith(' 0')).map(line => line.replace(/^prometheus_/, ''));
}

test('nothing is there while nothing is to be scraped', async () => {
  metrics.setPools([]);
  expect(await series({ zeros: true })).toEqual([]);
});

test('from the first job on every counter is there', async () => {
  metrics.setPools([{ job: 'j', targets: 2, discovered: 3, isOverLimit: false }]);
  expect(await series({ zeros: true })).toEqual([
    'target_scrapes_exceeded_sample_limit_total 0',
    'target_scrapes_exceeded_body_size_limit_total 0',
    'target_scrapes_sample_duplicate_timestamp_total 0',
    'target_scrapes_sample_out_of_order_total 0',
    'target_scrapes_sample_out_of_bounds_total 0',
    'sd_file_read_errors_total 0',
    'sd_dns_lookup_failures_total 0',
    'sd_http_failures_total 0',
    'target_scrape_pool_exceeded_target_limit_total 0',
    'target_scrape_pool_targets{scrape_job="j"} 2',
    'target_scrape_pool_sync_total{scrape_job="j"} 1',
    'sd_discovered_targets{config="j",name="scrape"} 3',
  ]);
});

test('a job that is gone has no targets, and what was counted stays', async () => {
  metrics.setPools([
    { job: 'a', targets: 1, discovered: 1, isOverLimit: true },
    { job: 'b', targets: 2, discovered: 2, isOverLimit: false },
  ]);
  metrics.setPools([{ job: 'b', targets: 3, discovered: 4, isOverLimit: false }]);
  expect(await series()).toEqual([
    'target_scrape_pool_exceeded_target_limit_total 1',
    'target_scrape_pool_targets{scrape_job="b"} 3',
    'target_scrape_pool_sync_total{scrape_job="a"} 1',
    'target_scrape_pool_sync_total{scrape_job="b"} 2',
    'sd_discovered_targets{config="b",name="scrape"} 4',
  ]);
});

test.each<{ name: string; error?: string; result?: Partial<ReturnType<typeof noSamples>>; want: string[] }>([
  { name: 'a scrape without a mistake', result: { appended: 5 }, want: [] },
  { name: 'one whose samples were lost', want: [] },
  { name: 'too many samples', error: 'sample limit exceeded', want: ['exceeded_sample_limit_total 1'] },
  { name: 'too many bytes', error: 'body size limit exceeded', want: ['exceeded_body_size_limit_total 1'] },
  { name: 'another error', error: 'Get "http://a/": body size limit exceeded', want: [] },
  {
    name: 'samples that were left out',
    result: { appended: 1, duplicates: 2, outOfOrder: 3, outOfBounds: 4 },
    want: [
      'sample_duplicate_timestamp_total 2',
      'sample_out_of_order_total 3',
      'sample_out_of_bounds_total 4',
    ],
  },
])('$name', async ({ error = '', result, want }) => {
  metrics.scraped({ error }, result && { ...noSamples(), ...result });
  expect(await series()).toEqual(want.map(each => `target_scrapes_${each}`));
});

test('failures of discovery are counted by mechanism', async () => {
  metrics.discoveryFailed('dns');
  metrics.discoveryFailed('dns');
  metrics.discoveryFailed('file');
  expect(await series()).toEqual(['sd_file_read_errors_total 1', 'sd_dns_lookup_failures_total 2']);
});
