// The questions over the metrics that a monitor has of its services.

import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { monitorsQuery, reasonQuery, type ShardNews, shardQueries } from '../../src/cluster/shard-queries.js';
import { type ShardAnswers, ShardStates } from '../../src/cluster/shard-states.js';
import { doAtOnce } from '../../src/concurrency/time-slicer.js';
import { Exposition } from '../../src/metrics/exposition.js';
import {
  countFamilies,
  failureLabelsOf,
  ServiceMetrics,
  serviceFamilies,
} from '../../src/metrics/services.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult } from '../../src/model/result.js';
import { MemorySource } from '../../src/promql/memory.js';
import { parse } from '../../src/promql/parse.js';
import { engineQueryFunc } from '../../src/rules/query-func.js';
import { result, service } from '../http/monitor.js';

const AT = 1_700_000_100_000;

/** A storage with what monitors say of services. */
class Storage {
  readonly #source = new MemorySource();
  readonly #ask = engineQueryFunc({
    ...{ source: this.#source, lookback: 300_000, defaultInterval: 60_000, maxSamples: 1e7 },
    checkpoint: () => {},
  });

  add(name: string, value: number, labels: Readonly<Record<string, string>>, at = AT): void {
    this.#source.add(Labels.of({ __name__: name, job: 'langgraph-monitor', ...labels }), at, value);
  }

  /** The metrics of a monitor. @param failure why a service is believed to be down or slow */
  addMonitor(instance: string, results: readonly CheckResult[], failure?: CheckResult): void {
    const exposition = new Exposition(new Registry(), [...serviceFamilies, ...countFamilies]);
    const metrics = new ServiceMetrics(exposition);
    for (const each of results) {
      const { target, level, responseTime, statusCode = 0 } = each;
      const isWell = level !== 'down' && level !== 'slow';
      metrics.update(service(target), each, isWell ? undefined : failureLabelsOf(failure ?? each));
      this.add('probe_duration_seconds', responseTime, { instance, target });
      this.add('probe_http_status_code', statusCode, { instance, target });
    }
    for (const { target, layout, values } of exposition.sources().values())
      for (const [i, name] of layout.families.entries()) {
        const labels = Object.fromEntries(exposition.labelsOf(name, target, layout.labels[i]));
        if (!Number.isNaN(values[i])) this.add(name, values[i] as number, { instance, ...labels });
      }
  }

  ask(query: string) {
    return this.#ask(parse(query), query, AT);
  }

  answers(news: ShardNews): ShardAnswers {
    const queries = Object.entries(shardQueries(news));
    const found = Object.fromEntries(queries.map(([name, query]) => [name, this.ask(query)]));
    const reason = reasonQuery(news, found.failures ?? []);
    return { ...found, reason: reason === undefined ? [] : this.ask(reason) } as ShardAnswers;
  }
}

const at = AT - 5000;
const refused = {
  status: 'error',
  error: 'Connection refused',
  reason: 'refused',
  consecutiveFailures: 1,
} as const;
const slow = { status: 'degraded', error: 'Slow: 3 s, threshold 1 s' } as const;

test.each<[name: string, shown: Partial<CheckResult>, failure?: Partial<CheckResult>]>([
  ['healthy', { statusCode: 200 }],
  ['slow', { ...slow, level: 'slow', statusCode: 200 }],
  ['down', { ...refused, level: 'down', consecutiveFailures: 3 }],
  [
    'down by its status',
    {
      ...{ status: 'unhealthy', error: 'HTTP 503', reason: 'status', level: 'down', statusCode: 503 },
      consecutiveFailures: 1,
    },
  ],
  ['healthy again, which is not confirmed yet', { level: 'down', statusCode: 200 }, refused],
])('a service that is %s is shown as its monitor shows it', (_, shown, failure) => {
  const storage = new Storage();
  const own = result('a', { at, since: at, ...shown });
  storage.addMonitor('m1:8083', [own], failure && result('a', { level: 'down', ...failure }));
  const states = new ShardStates();
  doAtOnce(states.adding(storage.answers({ instances: ['m1:8083'], after: 0 })));
  expect(states.results(new Map([['a', 10_000]]), AT)).toEqual([
    { ...own, details: { instance: 'm1:8083' } },
  ]);
});

test.each<[name: string, shown: Partial<CheckResult>, want: Partial<CheckResult>]>([
  [
    'has failed once',
    { ...refused, level: 'up', consecutiveFailures: 1 },
    { status: 'error', level: 'up', error: 'A check failed; a second one is to confirm it' },
  ],
  [
    'has failed at its first check',
    { ...refused, level: 'unknown', consecutiveFailures: 1 },
    { status: 'error', level: 'unknown' },
  ],
])('a service that %s is not believed to be down', (_, shown, want) => {
  const storage = new Storage();
  storage.addMonitor('m1', [result('a', { at, ...shown })]);
  const states = new ShardStates();
  doAtOnce(states.adding(storage.answers({ instances: ['m1'], after: 0 })));
  expect(states.results(new Map([['a', 10_000]]), AT)).toMatchObject([want]);
});

test('only what was checked after a moment, by these monitors, is answered', () => {
  const storage = new Storage();
  storage.addMonitor('m1', [
    result('a', { at }),
    result('b', { at: at - 20_000, ...refused, level: 'down' }),
  ]);
  storage.addMonitor('m.1', [result('c', { at, ...refused, level: 'down' })]);
  const targets = (news: ShardNews) =>
    Object.fromEntries(
      Object.entries(storage.answers(news)).map(([name, samples]) => [
        name,
        samples.map(({ labels }) => labels.get('target')).sort(),
      ]),
    );
  expect(targets({ instances: ['m1'], after: at / 1000 - 1 })).toEqual({
    ...{ checked: ['a'], duration: ['a'], statusCode: ['a'], degraded: [], unknown: [], slow: [] },
    // Of few services; a join would cost more than it spares.
    ...{ reason: ['b'], down: ['b'], failures: ['b'], trouble: ['b'] },
  });
  // A point in a name is no pattern.
  expect(targets({ instances: ['m.1'], after: 0 }).checked).toEqual(['c']);
  const many = Array.from({ length: 200 }, (_, i) => `n${i}`);
  expect(targets({ instances: many, after: 0 }).checked).toEqual(['a', 'b', 'c']);
});

test('why a check failed is asked of those that fail', () => {
  const storage = new Storage();
  const failed = (id: string) => result(id, { at, ...refused, level: 'down' });
  storage.addMonitor('m1', [result('a', { at }), failed('b'), failed('b.c'), failed('bxc')]);
  const news = { instances: ['m1'], after: 0 };
  const reasons = (...targets: string[]) => {
    const query = reasonQuery(
      news,
      targets.map(target => ({ labels: Labels.of({ target }) })),
    );
    if (query === undefined) return 'not asked';
    return storage.ask(query).map(({ labels }) => `${labels.get('target')} ${labels.get('reason')}`);
  };
  expect(reasons()).toBe('not asked');
  expect(reasons('b.c', 'b.c')).toEqual(['b.c refused']);
  // So many are not named.
  const many = Array.from({ length: 501 }, (_, i) => `s${i}`);
  expect(reasons(...many)).toEqual(['b refused', 'b.c refused', 'bxc refused']);
  expect(reasons(...many.slice(1))).toEqual([]);
});

test('the other monitors are those that are not this one, with the times of their samples', () => {
  const storage = new Storage();
  for (const [i, instance] of ['m0', 'm1', 'm2'].entries()) {
    storage.add('langgraph_monitor_build_info', 1, { instance, version: '1' }, AT - 1000 * i);
    // One of an earlier version does not say which it is.
    const shard = { instance, shard: String(i), of: '3' };
    if (instance !== 'm2') storage.add('langgraph_monitor_shard_info', 1, shard);
  }
  const found = storage.ask(monitorsQuery({ index: 0, of: 3 }));
  expect(found.map(({ labels, value }) => [labels.get('instance'), value])).toEqual([
    ['m1', AT / 1000 - 1],
    ['m2', AT / 1000 - 2],
  ]);
});
