// A service as metrics: its state, and counters equal to prom-client's in every byte.

import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { FORMATS } from '../../src/metrics/render.js';
import { Sampler } from '../../src/metrics/sampler.js';
import { countFamilies, ServiceMetrics, serviceFamilies } from '../../src/metrics/services.js';
import { type CheckResult, REASONS } from '../../src/model/result.js';
import { randomness } from './randomness.js';
import { render, SERVICE } from './registry.js';
import { samplesOf } from './text-format.js';

function fresh() {
  const registry = new Registry();
  const exposition = new Exposition(registry, [...serviceFamilies, ...countFamilies]);
  const services = new ServiceMetrics(exposition);
  const about = async (target: string) =>
    samplesOf((await render(registry, 'text')).toString()).filter(({ labels }) => labels.target === target);
  return { registry, exposition, services, about };
}

const HEALTHY: CheckResult = {
  ...{ target: 'a', at: 5000, status: 'healthy', responseTime: 0.02, readings: { values: [] } },
  ...{ level: 'up', since: 0, consecutiveFailures: 0 },
};
const REFUSED: CheckResult = {
  ...HEALTHY,
  ...{ status: 'error', reason: 'refused', level: 'down', consecutiveFailures: 3 },
};
const TROUBLE = { status: 'error', error: 'Connection refused' };

/** The counters of checks, counted by prom-client itself. */
function theirs() {
  const registry = new Registry();
  const registers = [registry];
  const times = new Histogram({
    name: 'langgraph_monitor_response_time_seconds',
    help: 'How long a service took to answer, answered checks only',
    labelNames: ['target'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const probes = new Counter({
    ...{ name: 'langgraph_monitor_probes_total', help: 'Checks made of a service' },
    ...{ labelNames: ['target'], registers },
  });
  const failures = new Counter({
    ...{ name: 'langgraph_monitor_probe_failures_total', help: 'Failed checks of a service by reason' },
    ...{ labelNames: ['target', 'reason'], registers },
  });
  return {
    registry,
    begin(target: string) {
      times.zero({ target });
      probes.inc({ target }, 0);
      for (const reason of REASONS) failures.inc({ target, reason }, 0);
    },
    count({ target, reason, statusCode, responseTime }: CheckResult) {
      probes.inc({ target });
      if (reason) failures.inc({ target, reason });
      if (!reason || statusCode !== undefined) times.observe({ target }, responseTime);
    },
  };
}

describe('what adds up over checks', () => {
  test.each(FORMATS)(
    "is what prom-client's histogram and counters say, byte for byte, in %s",
    async format => {
      const { next, text } = randomness(11);
      const { registry, services } = fresh();
      const other = theirs();
      const targets = ['a', ...Array.from({ length: 5 }, (_, i) => text() + i)];
      for (const id of targets) {
        services.update({ ...SERVICE, id }, undefined);
        other.begin(id);
      }
      const pick = <T>(from: readonly T[]) => from[Math.floor(next() * from.length)] as T;
      for (let i = 0; i < 2000; i++) {
        const result: CheckResult = {
          ...HEALTHY,
          target: pick(targets),
          // The bounds themselves, values below the first and above the last, and decimals without an exact binary form.
          responseTime: pick([0, 0.001, 0.05, 30, 31, 0.1 + 0.2, next() ** 5 * 50]),
          ...(next() < 0.4 ? { reason: pick(REASONS) } : {}),
          ...(next() < 0.5 ? { statusCode: 503 } : {}),
        };
        services.count(result);
        services.update({ ...SERVICE, id: result.target }, result);
        other.count(result);
      }
      const ours = (await render(registry, format)).toString();
      expect(ours.slice(ours.indexOf('# HELP langgraph_monitor_response_time_seconds'))).toBe(
        (await render(other.registry, format)).toString(),
      );
    },
  );

  test('is in the registry as in prom-client', async () => {
    const { registry, services } = fresh();
    services.update(SERVICE, undefined);
    services.count(HEALTHY);
    services.update(SERVICE, HEALTHY);
    const [times, probes] = await Promise.all(
      countFamilies.map(({ name }) => registry.getSingleMetric(name)?.get()),
    );
    expect(times?.type).toBe('histogram');
    expect(times?.values.slice(-4)).toEqual([
      ...[['30.0', 1] as const, ['+Inf', 1] as const].map(([le, value]) => ({
        ...{
          metricName: 'langgraph_monitor_response_time_seconds_bucket',
          labels: { le, target: 'a' },
          value,
        },
      })),
      { metricName: 'langgraph_monitor_response_time_seconds_sum', labels: { target: 'a' }, value: 0.02 },
      { metricName: 'langgraph_monitor_response_time_seconds_count', labels: { target: 'a' }, value: 1 },
    ]);
    expect(probes?.values).toEqual([{ labels: { target: 'a' }, value: 1 }]);
  });

  test('counters exist from the start, stay when the service is updated, and are removed with it', async () => {
    const { services, about } = fresh();
    services.update(SERVICE, undefined);
    services.update({ ...SERVICE, id: 'b' }, undefined);
    const counts = async (target: string) =>
      (await about(target)).filter(({ name }) => countFamilies.some(each => name.startsWith(each.name)));
    const atStart = await counts('a');
    expect(atStart.length).toBe(1 + 8 + 17);
    expect(atStart.every(sample => sample.value === 0)).toBe(true);
    services.count(REFUSED);
    services.update(SERVICE, REFUSED);
    services.count(HEALTHY);
    services.update({ ...SERVICE, name: 'Another' }, HEALTHY);
    const value = async (name: string, reason?: string) =>
      (await counts('a')).find(each => each.name === name && each.labels.reason === reason)?.value;
    expect(await value('langgraph_monitor_probes_total')).toBe(2);
    expect(await value('langgraph_monitor_probe_failures_total', 'refused')).toBe(1);
    expect(await value('langgraph_monitor_response_time_seconds_count')).toBe(1);
    services.remove('a');
    services.count(HEALTHY);
    expect(await about('a')).toEqual([]);
    expect((await counts('b')).length).toBe(atStart.length);
    services.update(SERVICE, undefined);
    expect(await counts('a')).toEqual(atStart);
  });
});

describe('state of a service', () => {
  const rows = async (about: ReturnType<typeof fresh>['about']) =>
    (await about('a'))
      .filter(({ name }) => serviceFamilies.some(each => each.name === name))
      .map(({ name, labels: { target, ...own }, value }) => [
        name.replace(/^langgraph_monitor_/, ''),
        ...Object.values(own),
        value,
      ]);
  const named = [
    ['service_dependency_info', 'b', 1],
    ['service_dependency_info', 'c', 1],
    ['service_info', 'A', 'http', 'true', 'critical', 1],
    ['service_maintenance', 0],
  ];
  const statuses = (now: string) =>
    ['degraded', 'error', 'healthy', 'timeout', 'unhealthy', 'unknown'].map(each => [
      ...['service_status', each],
      each === now ? 1 : 0,
    ]);

  test.each([
    ['not checked yet', undefined, undefined, [...named, ...statuses('unknown')]],
    [
      'healthy',
      HEALTHY,
      undefined,
      [
        ['last_probe_timestamp_seconds', 5],
        ['service_consecutive_failures', 0],
        ...named,
        ['service_slow', 0],
        ...statuses('healthy'),
        ['service_up', 1],
      ],
    ],
    [
      'down',
      REFUSED,
      TROUBLE,
      [
        ['last_probe_timestamp_seconds', 5],
        ['service_consecutive_failures', 3],
        ...named.slice(0, 2),
        ['service_failure_reason', 'refused', 1],
        ...named.slice(2),
        ['service_slow', 0],
        ...statuses('error'),
        ['service_trouble_info', 'error', 'Connection refused', 1],
        ['service_up', 0],
      ],
    ],
  ])('%s', async (_, result, trouble, want) => {
    const { services, about } = fresh();
    services.update(SERVICE, undefined);
    services.update(SERVICE, result, trouble);
    expect(await rows(about)).toEqual(want);
  });

  test('update() returns whether the names changed; only then they are sampled again', async () => {
    const { registry, exposition, services } = fresh();
    const sampler = new Sampler(registry, exposition, { job: 'j', instance: 'i' });
    const steps: [news: boolean, result: CheckResult | undefined, trouble: typeof TROUBLE | undefined][] = [
      [true, undefined, undefined],
      [false, HEALTHY, undefined],
      [true, REFUSED, TROUBLE],
      [false, REFUSED, { ...TROUBLE }],
      [true, REFUSED, { ...TROUBLE, error: 'Connection reset' }],
      [true, HEALTHY, undefined],
    ];
    for (const [isNews, result, trouble] of steps) {
      expect(services.update(SERVICE, result, trouble)).toBe(isNews);
      const { parts } = await sampler.scrape(1, true);
      const brought = parts.map(({ source, layout }) => [source, layout !== undefined]);
      expect(brought).toEqual([
        ['state of a', result === undefined],
        ...(isNews ? [['names of a', true]] : []),
      ]);
    }
  });
});

test('a service in maintenance has its metric, and one of what its availability leaves out', async () => {
  const { services, about } = fresh();
  const planned = async () =>
    (await about('a'))
      .filter(({ name }) => /_service_(maintenance|up)/.test(name))
      .map(({ name, value }) => `${name.replace('langgraph_monitor_', '')} ${value}`)
      .sort();
  services.update(SERVICE, REFUSED, TROUBLE, true);
  expect(await planned()).toEqual(['service_maintenance 1', 'service_up 0', 'service_up_in_maintenance 0']);
  services.update(SERVICE, REFUSED, TROUBLE);
  expect(await planned()).toEqual(['service_maintenance 0', 'service_up 0']);
});
