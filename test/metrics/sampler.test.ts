import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
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

/** Sources of a scrape with how many series each brings, or `same` where its layout was not sent again. */
const brought = (scrape: Scrape) =>
  Object.fromEntries(scrape.parts.map(({ source, layout: own }) => [source, own?.series.length ?? 'same']));

const part = (scrape: Scrape, source: string) => scrape.parts.find(each => each.source === source);

describe('what a scraper would keep', () => {
  test('labels are sorted, with job and instance; a label of that name gives way; an empty one is absent', async () => {
    const { exposition, sampler } = make();
    exposition.observe('ollama', 'ollama', { layout, values: [1, 0.25, Number.NaN] });
    const scrape = await sampler.scrape(1000.4);
    expect(scrape).toEqual({
      at: 1000,
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
    const names = own?.series.map(pairs => `${pairs[1]} ${pairs.at(-2)}=${pairs.at(-1)}`);
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
    exposition.forget('a');
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
