// Readings in, text out: which series there are, and that both formats say what prom-client would.

import { gunzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { OwnMetrics } from '../../src/metrics/own.js';
import { MetricsPage } from '../../src/metrics/page.js';
import { serviceFamilies, serviceLayout, serviceReadings } from '../../src/metrics/services.js';
import { family } from '../../src/model/family.js';
import type { CheckResult } from '../../src/model/result.js';
import { fullRegistry, render } from './registry.js';
import { checkOpenMetrics, key, samplesOf } from './text-format.js';

const FAMILIES = [
  family('a', 'Gauge', 'gauge', ['x']),
  family('b', 'Gauge without labels'),
  family('c_total', 'Counter', 'counter', ['x', 'y']),
  family('d_sum', 'Counter of an odd name', 'counter'),
  family('e', 'Untyped', 'untyped'),
  family('f', 'Help with "quotes", \\ and\nline end'),
];

function fresh() {
  const registry = new Registry();
  const exposition = new Exposition(registry, FAMILIES);
  const text = async () => (await render(registry, 'text')).toString();
  const series = async () => samplesOf(await text()).map(sample => `${key(sample)} ${sample.value}`);
  return { registry, exposition, text, series };
}
const ab = { families: ['a', 'a', 'b'], labels: [['1'], ['2'], []] };

describe('what is shown follows the readings', () => {
  test('values without a layout belong to the last one', async () => {
    const { exposition, series } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    exposition.observe('s', 't', { values: [4, 5, 6] });
    expect(await series()).toEqual([
      'a[["target","t"],["x","1"]] 4',
      'a[["target","t"],["x","2"]] 5',
      'b[["target","t"]] 6',
    ]);
  });

  test('a layout that changes or shrinks takes the old series with it', async () => {
    const { exposition, series } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    exposition.observe('s', 't', { layout: { families: ['e', 'a'], labels: [[], ['9']] }, values: [7, 8] });
    expect(await series()).toEqual(['a[["target","t"],["x","9"]] 8', 'e[["target","t"]] 7']);
    exposition.observe('s', 't', { layout: { families: [], labels: [] }, values: [] });
    expect(await series()).toEqual([]);
  });

  test('NaN is absent, and a family of nothing but NaN has no header', async () => {
    const { exposition, series, text } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [Number.NaN, 2, Number.NaN] });
    expect(await series()).toEqual(['a[["target","t"],["x","2"]] 2']);
    expect(await text()).not.toContain('# TYPE b ');
    exposition.observe('s', 't', { values: [1, Number.NaN, 0] });
    expect(await series()).toEqual(['a[["target","t"],["x","1"]] 1', 'b[["target","t"]] 0']);
  });

  test('two sources share a family, each forgotten alone', async () => {
    const { exposition, series } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    exposition.observe('r', 'u', { layout: { families: ['b'], labels: [[]] }, values: [4] });
    exposition.forget('s');
    expect(await series()).toEqual(['b[["target","u"]] 4']);
    exposition.forget('nobody');
    exposition.forget('r');
    expect(await series()).toEqual([]);
  });

  test('after being forgotten, values that nobody named are not shown', async () => {
    const { exposition, series } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    exposition.forget('s');
    exposition.observe('s', 't', { values: [4, 5, 6] });
    expect(await series()).toEqual([]);
  });

  test('a family nobody declared is an error', () => {
    const { exposition } = fresh();
    expect(() =>
      exposition.observe('s', 't', { layout: { families: ['zz'], labels: [[]] }, values: [1] }),
    ).toThrow('a probe recorded zz, which no kind declares');
  });

  test.each([1e-9, 1e21, 123_456_789_012_345.67, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d is read as it was',
    async value => {
      const { exposition, text } = fresh();
      exposition.observe('s', 't', { layout: { families: ['b'], labels: [[]] }, values: [value] });
      expect(samplesOf(await text())[0]?.value === value).toBe(true);
    },
  );
});

/** Numbers and texts that are the same in every run. */
function randomness(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const parts = ['"', '\\', '\n', 'é', '模', '😀', '{', '}', ',', '=', ' ', 'a', '1', '\t', '\\n', '\\"'];
  return {
    next,
    text: () => Array.from({ length: 6 }, () => parts[Math.floor(next() * parts.length)]).join(''),
  };
}

test('the text says what prom-client itself would say of the same registry', async () => {
  const { next, text } = randomness(7);
  for (let round = 0; round < 20; round++) {
    const { registry, exposition } = fresh();
    const own = new OwnMetrics(registry, { version: text() });
    for (let s = 0; s < 4; s++) {
      const picked = Array.from(
        { length: 12 },
        () => FAMILIES[Math.floor(next() * FAMILIES.length)] as (typeof FAMILIES)[0],
      );
      const rows = new Map(
        picked
          .map(one => [one, one.labels.map(text)] as const)
          .map(row => [JSON.stringify([row[0].name, row[1]]), row]),
      );
      const target = text() + s;
      const layout = {
        families: [...rows.values()].map(([one]) => one.name),
        labels: [...rows.values()].map(([, labels]) => labels),
      };
      exposition.observe(target, target, {
        layout,
        values: layout.families.map(() => (next() < 0.2 ? Number.NaN : next() * 1e6)),
      });
      own.begin(target);
    }
    // Times and memory of the process change between two looks.
    const steady = (all: ReturnType<typeof samplesOf>) =>
      all.filter(({ name }) => !/^(process|nodejs)_/.test(name));
    const ours = steady(samplesOf((await render(registry, 'text')).toString()));
    const theirs = steady(samplesOf(await registry.metrics()));
    const floats = theirs.map(sample =>
      /^\d+$/.test(sample.labels.le ?? '')
        ? { ...sample, labels: { ...sample.labels, le: `${sample.labels.le}.0` } }
        : sample,
    );
    expect(ours.length).toBeGreaterThan(50);
    expect(ours).toEqual(floats.sort((a, b) => key(a).localeCompare(key(b))));
  }
});

describe('OpenMetrics', () => {
  test('a counter without _total becomes unknown and keeps its name', async () => {
    const { registry, exposition } = fresh();
    const values = [1, 2, 3, 4, 5, 6];
    const layout = {
      families: FAMILIES.map(each => each.name),
      labels: FAMILIES.map(each => each.labels.map(() => 'l')),
    };
    exposition.observe('s', 't', { layout, values });
    const text = (await render(registry, 'openmetrics')).toString();
    expect(Object.fromEntries(checkOpenMetrics(text))).toEqual({
      ...{ a: 'gauge', b: 'gauge', c: 'counter', d_sum: 'unknown', e: 'unknown', f: 'gauge' },
    });
    const withoutEnd = text.replace('# EOF\n', '');
    expect(samplesOf(withoutEnd)).toEqual(samplesOf((await render(registry, 'text')).toString()));
  });

  test('is strict about all that can be printed', async () => {
    const { registry } = fullRegistry();
    const types = checkOpenMetrics((await render(registry, 'openmetrics')).toString());
    expect(types.size).toBeGreaterThan(300);
  });
});

describe('MetricsPage', () => {
  function page() {
    const { registry, exposition } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    let renders = 0;
    const list = registry.getMetricsAsArray.bind(registry);
    registry.getMetricsAsArray = () => {
      renders++;
      return list();
    };
    return { page: new MetricsPage(registry, exposition), exposition, renders: () => renders };
  }

  test('gives the same bytes while nothing has changed, one render for all who come at once', async () => {
    const { page: metrics, exposition, renders } = page();
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => metrics.get('text', i % 2 === 1)));
    expect(renders()).toBe(1);
    expect(new Set(all).size).toBe(2);
    expect(await metrics.get('text', false)).toBe(all[0]);
    expect(await metrics.get('text', true)).toBe(all[1]);
    exposition.touch();
    expect(await metrics.get('text', false)).not.toBe(all[0]);
    await metrics.get('openmetrics', false);
    expect(renders()).toBe(2);
  });

  test.each(['text', 'openmetrics'] as const)('gzip holds what plain does, in %s', async format => {
    const { page: metrics, exposition } = page();
    for (const value of [1, 2]) {
      exposition.observe('s', 't', { values: [value, value, value] });
      const [plain, zipped] = await Promise.all([metrics.get(format, false), metrics.get(format, true)]);
      expect(gunzipSync(zipped)).toEqual(plain);
      expect(plain.toString()).toContain(`b{target="t"} ${value}\n`);
    }
  });
});

describe('OwnMetrics', () => {
  const result = (more: Partial<CheckResult>): CheckResult => ({
    ...{
      target: 'a',
      at: 0,
      status: 'healthy',
      responseTime: 0.02,
      readings: { values: [] },
      level: 'up',
      since: 0,
    },
    consecutiveFailures: 0,
    ...more,
  });
  const about = async (registry: Registry, target: string) =>
    samplesOf((await render(registry, 'text')).toString()).filter(sample => sample.labels.target === target);

  test('a service has its counters from the start and leaves nothing behind', async () => {
    const registry = new Registry();
    const own = new OwnMetrics(registry, { version: '1' });
    own.begin('a');
    own.begin('b');
    const atStart = await about(registry, 'a');
    expect(atStart.length).toBe(1 + 8 + 17);
    expect(atStart.every(sample => sample.value === 0)).toBe(true);
    own.observe(result({ reason: 'refused', status: 'error' }));
    own.observe(result({}));
    expect((await about(registry, 'a')).length).toBe(atStart.length);
    own.begin('a');
    const value = async (name: string, labels = {}) =>
      (await about(registry, 'a')).find(
        each => each.name === name && Object.entries(labels).every(([k, v]) => each.labels[k] === v),
      )?.value;
    expect(await value('langgraph_monitor_probes_total')).toBe(2);
    expect(await value('langgraph_monitor_probe_failures_total', { reason: 'refused' })).toBe(1);
    expect(await value('langgraph_monitor_response_time_seconds_count')).toBe(1);
    own.forget('a');
    expect(await about(registry, 'a')).toEqual([]);
    expect((await about(registry, 'b')).length).toBe(atStart.length);
  });
});

test("a service's state has the series its layout names, known or not", () => {
  const service = {
    id: 'a',
    name: 'A',
    kind: 'http',
    critical: true,
    severity: 'critical',
    dependsOn: ['b', 'c'],
  } as const;
  const layout = serviceLayout(service);
  const names = new Set(serviceFamilies.map(each => each.name));
  expect(layout.families.every(name => names.has(name))).toBe(true);
  const { values } = serviceReadings(service, undefined);
  expect([values.length, layout.labels.length]).toEqual([layout.families.length, layout.families.length]);
  const shown = layout.families.map((name, i) => [
    name.replace(/^langgraph_monitor_/, ''),
    ...(layout.labels[i] as string[]),
    values[i],
  ]);
  expect(shown.filter(row => !Number.isNaN(row.at(-1)))).toEqual([
    ['service_info', 'A', 'http', 'true', 'critical', 1],
    ['service_dependency_info', 'b', 1],
    ['service_dependency_info', 'c', 1],
    ...['healthy', 'degraded', 'unhealthy', 'timeout', 'error'].map(each => ['service_status', each, 0]),
    ['service_status', 'unknown', 1],
  ]);
});
