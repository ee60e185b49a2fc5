// Readings in, text out: which series there are, and that both formats are prom-client's.

import { gunzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { OwnMetrics } from '../../src/metrics/own.js';
import { MetricsPage } from '../../src/metrics/page.js';
import { countFamilies, ServiceMetrics, serviceFamilies } from '../../src/metrics/services.js';
import { family } from '../../src/model/family.js';
import { randomness } from './randomness.js';
import { fullRegistry, render, SERVICE } from './registry.js';
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
  const exposition = new Exposition(registry, [...FAMILIES, ...serviceFamilies, ...countFamilies]);
  const services = new ServiceMetrics(exposition);
  const text = async () => (await render(registry, 'text')).toString();
  const series = async () => samplesOf(await text()).map(sample => `${key(sample)} ${sample.value}`);
  return { registry, exposition, services, text, series };
}
const ab = { families: ['a', 'a', 'b'], labels: [['1'], ['2'], []] };

describe('series follow the readings', () => {
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

  test('a changed or shorter layout removes the old series', async () => {
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

  test('two sources share a family, and are removed one by one', async () => {
    const { exposition, series } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    exposition.observe('r', 'u', { layout: { families: ['b'], labels: [[]] }, values: [4] });
    exposition.remove('s');
    expect(await series()).toEqual(['b[["target","u"]] 4']);
    exposition.remove('unknown');
    exposition.remove('r');
    expect(await series()).toEqual([]);
  });

  test('values without a layout are ignored after the source was removed', async () => {
    const { exposition, series } = fresh();
    exposition.observe('s', 't', { layout: ab, values: [1, 2, 3] });
    exposition.remove('s');
    exposition.observe('s', 't', { values: [4, 5, 6] });
    expect(await series()).toEqual([]);
  });

  test('an undeclared family is an error', () => {
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

test("the text equals prom-client's own of the same registry", async () => {
  const { next, text } = randomness(7);
  for (let round = 0; round < 20; round++) {
    const { registry, exposition, services } = fresh();
    new OwnMetrics(registry, { version: text() });
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
      services.update({ ...SERVICE, id: target }, undefined);
    }
    // Times and memory of the process change between two renders.
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

  test('the whole registry is valid OpenMetrics', async () => {
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

  test('returns the same bytes while nothing has changed, and renders once for simultaneous requests', async () => {
    const { page: metrics, exposition, renders } = page();
    const all = await Promise.all(Array.from({ length: 30 }, (_, i) => metrics.get('text', i % 2 === 1)));
    expect(renders()).toBe(1);
    expect(new Set(all).size).toBe(2);
    expect(await metrics.get('text', false)).toBe(all[0]);
    expect(await metrics.get('text', true)).toBe(all[1]);
    exposition.markChanged();
    expect(await metrics.get('text', false)).not.toBe(all[0]);
    await metrics.get('openmetrics', false);
    expect(renders()).toBe(2);
  });

  test.each(['text', 'openmetrics'] as const)('gzip holds what plain does, in %s', async format => {
    const { page: metrics, exposition } = page();
    for (const value of [1, 2]) {
      exposition.observe('s', 't', { values: [value, value, value] });
      const both = await Promise.all([metrics.get(format, false), metrics.get(format, true)]);
      const [plain, zipped] = both.map(pieces => Buffer.concat(pieces)) as [Buffer, Buffer];
      expect(gunzipSync(zipped)).toEqual(plain);
      expect(plain.toString()).toContain(`b{target="t"} ${value}\n`);
    }
  });
});
