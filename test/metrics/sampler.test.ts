import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, test, vi } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { Sampler } from '../../src/metrics/sampler.js';
import { family } from '../../src/model/family.js';
import type { Scrape } from '../../src/model/scrape.js';

const families = [
  family('probe_success', 'Whether it did'),
  family('probe_phase_seconds', 'How long', 'gauge', ['phase', 'job']),
];
const layout = {
  families: ['probe_success', 'probe_phase_seconds', 'probe_phase_seconds'],
  labels: [[], ['connect', 'own'], ['tls', '']],
};

function make() {
  const registry = new Registry();
  const exposition = new Exposition(registry, families);
  const sampler = new Sampler(registry, exposition, { job: 'langgraph-monitor', instance: 'node:8083' });
  return { registry, exposition, sampler };
}

const REPORT = 'scrape report';
/** A scrape without what is about the scrape itself; the series of a layout are made when they are looked at. */
const withoutReport = (scrape: Scrape): Scrape => ({
  ...scrape,
  parts: scrape.parts
    .filter(({ source }) => source !== REPORT)
    .map(({ layout: own, ...part }) => (own ? { ...part, layout: { series: [...own.series] } } : part)),
});

/** Sources of a scrape with how many series each brings, or `same` where its layout was not sent again. */
const brought = (scrape: Scrape) =>
  Object.fromEntries(
    withoutReport(scrape).parts.map(({ source, layout: own }) => [source, own?.series.length ?? 'same']),
  );

const part = (scrape: Scrape, source: string) => scrape.parts.find(each => each.source === source);

describe('what a scraper would keep', () => {
  test('labels are sorted, with job and instance; a label of that name gives way; an empty one is absent', async () => {
    const { exposition, sampler } = make();
    exposition.observe('ollama', 'ollama', { layout, values: [1, 0.25, Number.NaN] });
    const scrape = await sampler.scrape(1000.4);
    expect(withoutReport(scrape)).toEqual({
      at: 1000,
      isInterim: false,
      gone: [],
      parts: [
        {
          source: 'ollama',
          values: [1, 0.25, Number.NaN],
          layout: {
            series: [
              '__name__ probe_success instance node:8083 job langgraph-monitor target ollama',
              '__name__ probe_phase_seconds exported_job own instance node:8083 job langgraph-monitor phase connect target ollama',
              '__name__ probe_phase_seconds instance node:8083 job langgraph-monitor phase tls target ollama',
            ].map(text => text.split(' ')),
          },
        },
      ],
    });
  });

  test("prom-client's metrics as they are printed, a histogram's parts under their own names", async () => {
    const { registry, sampler } = make();
    new Histogram({ name: 'took_seconds', help: 'x', buckets: [0.5, 1], registers: [registry] }).observe(0.7);
    const scrape = await sampler.scrape(1);
    const { layout: own, values } = part(scrape, 'registry took_seconds') ?? {};
    const names = own && [...own.series].map(pairs => `${pairs[1]} ${pairs.at(-2)}=${pairs.at(-1)}`);
    expect(names?.map((name, i) => `${name} ${values?.[i]}`)).toEqual([
      'took_seconds_bucket le=0.5 0',
      'took_seconds_bucket le=1.0 1',
      'took_seconds_bucket le=+Inf 1',
      'took_seconds_sum job=langgraph-monitor 0.7',
      'took_seconds_count job=langgraph-monitor 1',
    ]);
  });
});

describe('only what has changed', () => {
  test('a source says nothing until it has other values, and its series only when they change', async () => {
    const { exposition, sampler } = make();
    exposition.observe('a', 'a', { layout, values: [1, 2, 3] });
    exposition.observe('b', 'b', { layout, values: [1, 2, 3] });
    expect(brought(await sampler.scrape(1))).toEqual({ a: 3, b: 3 });
    expect(brought(await sampler.scrape(2))).toEqual({});
    exposition.observe('a', 'a', { values: [1, 2, 4] });
    expect(brought(await sampler.scrape(3))).toEqual({ a: 'same' });
    exposition.observe('b', 'b', { layout: { families: ['probe_success'], labels: [[]] }, values: [0] });
    expect(brought(await sampler.scrape(4))).toEqual({ b: 1 });
  });

  test('a source that is forgotten is gone once; one that comes back brings its series', async () => {
    const { exposition, sampler } = make();
    exposition.observe('a', 'a', { layout, values: [1, 2, 3] });
    await sampler.scrape(1);
    exposition.remove('a');
    expect((await sampler.scrape(2)).gone).toEqual(['a']);
    expect((await sampler.scrape(3)).gone).toEqual([]);
    exposition.observe('a', 'a', { layout, values: [1, 2, 3] });
    expect(brought(await sampler.scrape(4))).toEqual({ a: 3 });
  });

  test('a counter sends its values each time and its series when one is added or taken away', async () => {
    const { registry, sampler } = make();
    const counter = new Counter({
      name: 'seen_total',
      help: 'x',
      labelNames: ['code'],
      registers: [registry],
    });
    counter.inc({ code: '200' });
    const source = 'registry seen_total';
    expect(brought(await sampler.scrape(1))).toEqual({ [source]: 1 });
    counter.inc({ code: '200' });
    const second = await sampler.scrape(2);
    expect(brought(second)).toEqual({ [source]: 'same' });
    expect(part(second, source)?.values).toEqual([2]);
    counter.inc({ code: '500' });
    expect(brought(await sampler.scrape(3))).toEqual({ [source]: 2 });
    counter.remove({ code: '200' });
    expect(brought(await sampler.scrape(4))).toEqual({ [source]: 1 });
    counter.remove({ code: '500' });
    expect(brought(await sampler.scrape(5))).toEqual({ [source]: 0 });
  });

  test('after a reset everything is sent again', async () => {
    const { registry, exposition, sampler } = make();
    new Gauge({ name: 'level', help: 'x', registers: [registry] }).set(3);
    exposition.observe('a', 'a', { layout, values: [1, 2, 3] });
    await sampler.scrape(1);
    sampler.reset();
    expect(brought(await sampler.scrape(2))).toEqual({ 'registry level': 1, a: 3 });
  });
});

describe('what is added about the scrape itself', () => {
  const report = (scrape: Scrape) => {
    const [up, , scraped, kept, added] = Array.from(part(scrape, REPORT)?.values ?? []);
    return { up, scraped, kept, added };
  };

  test('the series of a Prometheus, with the labels of the target', async () => {
    const { sampler } = make();
    const own = part(await sampler.scrape(1), REPORT);
    const identity = ['instance', 'node:8083', 'job', 'langgraph-monitor'];
    expect(own?.layout?.series).toEqual(
      [
        'up',
        'scrape_duration_seconds',
        'scrape_samples_scraped',
        'scrape_samples_post_metric_relabeling',
        'scrape_series_added',
      ].map(name => ['__name__', name, ...identity]),
    );
    expect(own?.values[1]).toBeGreaterThanOrEqual(0);
    expect(part(await sampler.scrape(2), REPORT)?.layout).toBeUndefined();
  });

  test('samples are those that are there; series are added when they were not there before', async () => {
    const { registry, exposition, sampler } = make();
    const counter = new Counter({ name: 'x_total', help: 'x', labelNames: ['a'], registers: [registry] });
    exposition.observe('a', 'a', { layout, values: [1, 2, Number.NaN] });
    expect(report(await sampler.scrape(1))).toEqual({ up: 1, scraped: 2, kept: 2, added: 3 });
    counter.inc({ a: '1' });
    expect(report(await sampler.scrape(2))).toEqual({ up: 1, scraped: 3, kept: 3, added: 1 });
    // What an interim scrape brings is added by the next one of the grid.
    counter.inc({ a: '2' });
    const wider = {
      families: [...layout.families, 'probe_phase_seconds'],
      labels: [...layout.labels, ['dns', '']],
    };
    exposition.observe('a', 'a', { layout: wider, values: [1, 2, 3, 4] });
    expect(part(await sampler.scrape(3, true), REPORT)).toBeUndefined();
    expect(report(await sampler.scrape(4))).toEqual({ up: 1, scraped: 6, kept: 6, added: 2 });
    expect(report(await sampler.scrape(5))).toEqual({ up: 1, scraped: 6, kept: 6, added: 0 });
  });

  test('of a failed scrape is up 0 and everything else is gone; the next one brings everything', async () => {
    const { exposition, sampler } = make();
    exposition.observe('a', 'a', { layout, values: [1, 2, 3] });
    await sampler.scrape(1);
    const failed = sampler.failed(2, 20);
    expect(failed.gone).toEqual(['a']);
    expect(part(failed, REPORT)?.values).toEqual([0, 0.02, 0, 0, 0]);
    expect(brought(await sampler.scrape(3))).toEqual({ a: 3 });
  });
});

test('what is as it was is not sent again, nor what is measured by collecting it between two scrapes of the grid', async () => {
  const { registry, sampler } = make();
  const counter = new Counter({ name: 'scans_total', help: 'Scans', registers: [registry] });
  let lag = 0;
  new Gauge({
    ...{ name: 'lag_seconds', help: 'Lag', registers: [registry] },
    collect() {
      this.set(++lag);
    },
  });
  expect(brought(await sampler.scrape(1000))).toEqual({
    'registry scans_total': 1,
    'registry lag_seconds': 1,
  });
  expect(brought(await sampler.scrape(2000))).toEqual({ 'registry lag_seconds': 'same' });
  counter.inc();
  expect(brought(await sampler.scrape(3000, true))).toEqual({ 'registry scans_total': 'same' });
  expect(brought(await sampler.scrape(4000, true))).toEqual({});
  expect(part(await sampler.scrape(5000), 'registry lag_seconds')?.values).toEqual([3]);
});

test('an interim scrape has everything where nothing was sent before', async () => {
  const { registry, sampler } = make();
  new Gauge({
    ...{ name: 'lag_seconds', help: 'Lag', registers: [registry] },
    collect() {
      this.set(1);
    },
  });
  await sampler.scrape(1000);
  sampler.reset();
  expect(brought(await sampler.scrape(2000, true))).toEqual({ 'registry lag_seconds': 1 });
});

test('a gauge is asked for its samples only when they have changed', async () => {
  const { registry, sampler } = make();
  const gauge = new Gauge({ name: 'size', help: 'Size', labelNames: ['of'], registers: [registry] });
  const asked = vi.spyOn(Gauge.prototype, 'get');
  const changes: [name: string, change: () => void, sent: number[] | undefined][] = [
    ['no sample', () => {}, undefined],
    ['a first one', () => gauge.set({ of: 'a' }, 1), [1]],
    ['nothing', () => {}, undefined],
    ['the same value', () => gauge.set({ of: 'a' }, 1), undefined],
    ['another value', () => gauge.set({ of: 'a' }, 2), [2]],
    ['no number', () => gauge.set({ of: 'a' }, Number.NaN), [Number.NaN]],
    ['still no number', () => {}, undefined],
    ['a second one', () => gauge.set({ of: 'b' }, 3), [Number.NaN, 3]],
    ['the first is taken away', () => gauge.remove({ of: 'a' }), [3]],
    ['another one of the same value', () => [gauge.reset(), gauge.set({ of: 'c' }, 3)], [3]],
    ['nothing again', () => {}, undefined],
    ['all are taken away', () => gauge.reset(), []],
  ];
  const seen: unknown[] = [];
  for (const [i, [name, change]] of changes.entries()) {
    change();
    asked.mockClear();
    const values = part(await sampler.scrape(i), 'registry size')?.values;
    seen.push([name, asked.mock.calls.length, values]);
  }
  asked.mockRestore();
  // Without samples nothing is known of it, so it is asked.
  const isAsked = (name: string, sent: unknown) => Number(sent !== undefined || name === 'no sample');
  expect(seen).toEqual(changes.map(([name, , sent]) => [name, isAsked(name, sent), sent]));
});
