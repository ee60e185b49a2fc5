// The rules over what exporters answer: quiet while everything is idle, and one alert when one number is another.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { Millis } from '../../src/model/time.js';
import { MemorySource } from '../../src/promql/memory.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import { RuleManager } from '../../src/rules/manager.js';
import { engineQueryFunc } from '../../src/rules/query-func.js';
import {
  EXPORTERS,
  type ExporterName,
  type PageSample,
  pageOf,
  readPage,
} from '../support/exporter-pages.js';
import { type Exporter, startNodeExporter } from '../support/exporters.js';
import { alertsOf, MINUTE } from './world.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = ['node', 'gpu', 'model-servers', 'targets', 'postgres'].map(name => `rules/${name}.rules.yml`);
const files = loadRuleFiles(FILES, ROOT);
const pages = new Map(EXPORTERS.map(name => [name, readPage(pageOf(name))]));

/** When node_exporter's page was recorded, to the second. */
const START: Millis = Math.floor((recordedValue('node', 'node_time_seconds') as number) / 60) * MINUTE;
/** Nothing is changed before this minute, so that an hour of the usual is there. */
const CHANGE = 70;

function recordedValue(exporter: ExporterName, name: string): number | undefined {
  return pages.get(exporter)?.find(sample => sample.name === name)?.value;
}

/** What a series is instead, `minute` minutes after the change; `up` counts as one of every page. */
type Change = readonly [series: RegExp, value: (usual: number, minute: number) => number];

/** The names of alerts that fire at the end, each with its exporter. */
function firing(minutes: number, changes: readonly Change[] = [], states = ['firing']): string[] {
  const source = new MemorySource();
  const manager = new RuleManager({
    externalUrl: '',
    externalLabels: {},
    queryFunc: engineQueryFunc({
      ...{ source, lookback: 300_000, defaultInterval: MINUTE, maxSamples: 1e7 },
      checkpoint: () => {},
    }),
    write: (_, time, samples) => {
      for (const { labels, value } of samples) source.add(labels, time, value);
    },
    interval: MINUTE,
  });
  manager.update(files);
  for (let minute = 0; minute <= minutes; minute++) {
    const at = START + minute * MINUTE;
    for (const [exporter, page] of pages) scrape(source, exporter, page, at, changes);
    const { failures } = manager.evaluate(at);
    expect(failures).toBe(0);
  }
  return alertsOf(manager)
    .filter(({ state }) => states.includes(state))
    .map(({ labels }) => `${labels.alertname} of ${labels.job}`)
    .sort();
}

function scrape(
  source: MemorySource,
  exporter: ExporterName,
  page: readonly PageSample[],
  at: Millis,
  changes: readonly Change[],
): void {
  const minute = (at - START) / MINUTE;
  const up: PageSample = { name: 'up', labels: [['__name__', 'up']], value: 1 };
  for (const { name, labels, value } of [up, ...page]) {
    const all = Labels.of([...labels, ['job', exporter], ['instance', `${exporter}:1`]]);
    const change = changes.find(([series]) => series.test(`${all}`));
    const usual = value + movement(name, `${all}`, minute);
    source.add(all, at, change && minute >= CHANGE ? change[1](usual, minute - CHANGE) : usual);
  }
}

/** How far a series of an idle machine is after some minutes. */
function movement(name: string, series: string, minute: number): number {
  if (name === 'node_time_seconds')
    return (START + minute * MINUTE) / 1000 - (recordedValue('node', name) ?? 0);
  if (name === 'node_cpu_seconds_total' && series.includes('mode="idle"')) return 58 * minute;
  if (name.endsWith('_packets_total')) return 600 * minute;
  return 0;
}

test('quiet while idle', () => {
  expect(firing(7 * 60, [], ['firing', 'pending'])).toEqual([]);
});

/** A change to one value. */
const to = (series: RegExp, value: number): Change => [series, () => value];
/** A counter that grows each minute. */
const grows = (series: RegExp, by: number): Change => [series, (usual, minute) => usual + by * minute];

const NODE_IDLE = /node_cpu_seconds_total\{.*mode="idle"/;
const stopped: Change = [NODE_IDLE, (usual, minute) => usual - 58 * minute];

test.each<[alert: string, exporter: ExporterName, after: number, ...Change[]]>([
  ['NodeCpuBusy', 'node', 50, stopped, to(/scaling_frequency/, 3e9)],
  ['NodeMemoryLow', 'node', 6, to(/MemAvailable/, 4e9)],
  ['NodeFilesystemAlmostFull', 'node', 6, to(/filesystem_avail/, 1e9)],
  [
    'NodeFilesystemFilling',
    'node',
    100,
    // Half an hour after the hours before are no longer the most of what is seen.
    [/filesystem_avail/, (usual, minute) => usual / 5 - 1e8 * minute],
  ],
  ['NodeTemperatureHigh', 'node', 6, to(/hwmon_temp_celsius\{chip="nvme/, 80)],
  ['NodeTemperatureHigh', 'node', 6, to(/thermal_zone_temp\{.*zone="1"/, 91)],
  ['NodeThrottled', 'node', 22, grows(/core_throttles_total\{core="1"/, 5)],
  ['NodeThrottled', 'node', 22, stopped],
  ['NodeNetworkErrors', 'node', 20, grows(/node_network_receive_errs/, 20)],
  ['NodeClockSkew', 'node', 11, [/node_time_seconds/, usual => usual - 6]],
  ['NodeRebooted', 'node', 5, to(/node_boot_time/, START / 1000 + CHANGE * 60)],
  ['GpuMemoryAlmostFull', 'dcgm', 11, to(/FB_FREE\{.*gpu="1"/, 400)],
  ['GpuMemoryAlmostFull', 'nvidia_gpu', 11, to(/memory_used_bytes/, 8.5e9)],
  ['GpuXidError', 'dcgm', 3, to(/XID_ERRORS\{.*gpu="0"/, 79)],
  ['GpuTemperatureHigh', 'dcgm', 11, to(/GPU_TEMP\{.*gpu="1"/, 90)],
  ['GpuTemperatureHigh', 'dcgm', 11, to(/MEMORY_TEMP\{.*gpu="1"/, 99)],
  ['GpuTemperatureHigh', 'nvidia_gpu', 11, to(/temperature_gpu/, 90)],
  ['GpuThrottled', 'dcgm', 15, grows(/THERMAL_VIOLATION\{.*gpu="1"/, 1e9)],
  ['GpuThrottled', 'nvidia_gpu', 11, to(/hw_thermal_slowdown/, 1)],
  ['GpuThrottled', 'nvidia_gpu', 11, to(/sw_thermal_slowdown/, 1)],
  ['GpuRowRemapFailure', 'dcgm', 1, to(/ROW_REMAP_FAILURE\{.*gpu="0"/, 1)],
  ['GpuRowRemapFailure', 'nvidia_gpu', 1, to(/remapped_rows_failure/, 1)],
  ['ModelServerQueue', 'vllm', 12, to(/num_requests_waiting/, 3)],
  ['ModelServerQueue', 'llama_cpp', 12, to(/requests_deferred/, 1)],
  ['ModelServerCacheFull', 'vllm', 11, to(/kv_cache_usage_perc/, 0.99)],
  ['ModelServerCacheFull', 'llama_cpp', 11, to(/kv_cache_usage_ratio/, 1)],
  ['ModelServerPreemptions', 'vllm', 22, grows(/num_preemptions/, 2)],
  ['ModelServerStalled', 'vllm', 12, to(/num_requests_running/, 1)],
  ['PostgresConnectionsNearLimit', 'postgres', 6, to(/numbackends\{.*datname="postgres"/, 81)],
  ...EXPORTERS.map((name): [string, ExporterName, number, Change] => [
    'TargetDown',
    name,
    6,
    to(new RegExp(`up\\{.*job="${name}"`), 0),
  ]),
])(
  '%s of %s within %d minutes',
  (alert, exporter, after, ...changes) => {
    expect(firing(CHANGE + after, changes)).toEqual([`${alert} of ${exporter}`]);
  },
  60_000,
);

describe('the real node_exporter', () => {
  let exporter: Exporter;
  beforeAll(async () => {
    exporter = await startNodeExporter();
  });
  afterAll(() => exporter?.close());

  /** Not of every machine. */
  const SENSORS = /_(hwmon|thermal|throttles|frequency)_/;

  test('has the recorded names and labels', async () => {
    const page = readPage(await (await fetch(`${exporter.url}/metrics`)).text());
    const shape = ({ name, labels }: PageSample) => `${name} ${labels.map(([key]) => key).sort()}`;
    const there = new Set(page.map(shape));
    const recorded = new Set((pages.get('node') ?? []).filter(({ name }) => !SENSORS.test(name)).map(shape));
    expect(recorded.size).toBeGreaterThan(25);
    expect([...recorded].filter(each => !there.has(each))).toEqual([]);
  });
});
