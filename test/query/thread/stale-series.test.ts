// Series of an earlier run that the monitor no longer has end with the first scrape of the next run; all others continue.

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Scrape } from '../../../src/model/scrape.js';
import { markStale, type Target } from '../../../src/query/thread/stale-series.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';

const BEFORE = 1_700_000_000_000;
const NOW = BEFORE + 60_000;
const TARGET: Target = {
  job: 'langgraph-monitor',
  instance: 'node:8083',
  watched: { metric: 'info', label: 'target', kind: 'kind' },
};

let folder: string;

beforeEach(() => {
  folder = makeFolder('former');
});
afterEach(() => removeFolder(folder));

/**
 * `name target instance`, a foreign job as a fourth word, further labels as `name=value` behind them; `-` is no
 * label.
 */
function scrape(at: number, lines: readonly string[]): Scrape {
  const series = lines.map(line => {
    const words = line.split(' ');
    const further = words.filter(word => word.includes('=')).map(word => word.split('=') as [string, string]);
    const [name = '', target = '-', instance = 'node:8083', job = 'langgraph-monitor'] = words.filter(
      word => !word.includes('='),
    );
    const pairs = [
      ['__name__', name],
      ['instance', instance],
      ['job', job],
      ['target', target],
      ...further,
    ] as const;
    return pairs
      .filter(([, value]) => value !== '-')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat();
  });
  return { at, gone: [], parts: [{ source: 's', layout: { series }, values: series.map(() => 1) }] };
}

/** Stores some series, restarts, and stores a first scrape. @returns the series that ended with it */
function ended(
  before: readonly string[],
  first: readonly string[],
  target = TARGET,
  since = NOW - 300_000,
): string[] {
  const open = () => new SampleStore({ file: join(folder, 'samples.db'), retention: 1e12, log: () => {} });
  const earlier = open();
  earlier.append(scrape(BEFORE, before));
  earlier.close();
  const store = open();
  store.beginScrape(scrape(NOW, first));
  expect(markStale(store, target, NOW, since)).toBe(true);
  store.commit();
  const found = store.select([], NOW, NOW).filter(({ ends }) => ends.includes(NOW));
  store.close();
  return found.map(({ labels }) =>
    ['__name__', 'target', 'instance'].map(name => labels.get(name)).join(' '),
  );
}

test.each<[name: string, before: string[], first: string[], expected: string[]]>([
  ['nothing has changed', ['info a', 'up a'], ['info a', 'up a'], []],
  [
    'it listened elsewhere',
    ['info a node:1', 'up a node:1', 'up - node:1'],
    ['info a', 'up a'],
    ['info a node:1', 'up a node:1', 'up  node:1'],
  ],
  [
    'a service is not watched any more',
    ['info a', 'up a', 'info b', 'up b', 'ALERTS b'],
    ['info a', 'up a'],
    ['ALERTS b node:8083', 'info b node:8083', 'up b node:8083'],
  ],
  ['one that is has not been checked yet', ['info a', 'up a', 'ALERTS a'], ['info a'], []],
  ['what is no service may still come', ['info a', 'up a', 'cpu node1', 'scans -'], ['info a'], []],
  ['a scrape without services', ['info a', 'up a'], ['scans -'], []],
  [
    'a service has another name: what has the old one ends',
    ['info a name=x kind=k', 'up a', 'objective a name=x kind=k', 'info b name=x kind=k'],
    ['info a name=y kind=k', 'info b name=x kind=k'],
    ['info a node:8083', 'objective a node:8083'],
  ],
  [
    'a service has another name and severity: it ends once',
    ['info a name=x severity=s', 'up a'],
    ['info a name=y severity=t'],
    ['info a node:8083'],
  ],
  [
    'a service is of another kind: all that is not measured again ends',
    ['info a kind=k', 'up a', 'latency a', 'up b', 'info b kind=k'],
    ['info a kind=l', 'up a', 'info b kind=k'],
    ['info a node:8083', 'latency a node:8083'],
  ],
  ['it belongs to another job', ['info b node:8083 other', 'up b node:8083 other'], ['info a'], []],
  ['it has no instance', ['up a -'], ['info a'], []],
])('%s', (_, before, first, expected) => {
  expect(ended(before, first).sort()).toEqual(expected.sort());
});

test('without the list of services only series of other addresses end', () => {
  const { job, instance } = TARGET;
  expect(ended(['info b', 'info b node:1'], ['info a'], { job, instance })).toEqual(['info b node:1']);
});

test('series older than the lookback have ended by themselves', () => {
  expect(ended(['info b', 'info a node:1'], ['info a'], TARGET, NOW - 59_999)).toEqual([]);
});
