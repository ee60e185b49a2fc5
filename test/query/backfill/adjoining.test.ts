// Backfills of ranges that follow each other: the same series as one over the whole, and as the rules that run.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backfillRules } from '../../../src/query/backfill/backfill.js';
import type { RuleFile } from '../../../src/rules/definition.js';
import { RuleManager } from '../../../src/rules/manager.js';
import { engineQueryFunc } from '../../../src/rules/query-func.js';
import { readRuleFile } from '../../../src/rules/read.js';
import { importOpenMetrics } from '../../../src/tsdb/import/import.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { Random } from '../../support/random.js';
import { contents, labelsOf, MINUTE, type Point, START } from './history.js';

const MINUTES = 110;
const TARGETS = ['a', 'b', 'c', 'd'];

// The alerts come before what they look at, so that they see it a moment later; two have one name, one has its value in a
// label, one looks at the alerts of the group after it.
const RULES = `
groups:
  - name: alerts
    interval: 1m
    rules:
      - { alert: Late, expr: 'load:now > 50', for: 3m, keep_firing_for: 7m }
      - { alert: High, expr: 'load > 50', for: 4m, labels: { severity: warning } }
      - { alert: High, expr: 'load > 80', for: 2m, keep_firing_for: 9m, labels: { severity: critical } }
      - { alert: Kept, expr: 'load > 90', keep_firing_for: 25m, labels: { of: '{{ $labels.target }}{{ $labels.none }}', none: '{{ $labels.none }}' } }
      - { alert: Valued, expr: 'load > 70', for: 1m, labels: { value: '{{ $value }}' } }
      - { alert: Many, expr: 'count(ALERTS{alertname="Slow"}) > 1', for: 2m }
  - name: records
    interval: 1m
    rules:
      - { record: 'load:now', expr: load }
      - { record: 'load:high', expr: 'load > 60' }
      - { record: 'load:high', expr: 'load > 85', labels: { very: 'yes' } }
      - { record: 'load:gone', expr: 'sum(load > 60) unless sum(load > 85)' }
      - { record: 'load:seen', expr: 'count(load:high) or vector(0)' }
  - name: slow
    interval: 5m
    rules:
      - { alert: Slow, expr: 'load > 40', for: 10m, keep_firing_for: 15m }
      - { record: 'load:rare', expr: 'load:high > 70' }
  - name: offset
    interval: 1m
    query_offset: 2m
    rules:
      - { alert: Offset, expr: 'load:now > 60', for: 3m, keep_firing_for: 5m }
      - { record: 'load:offset', expr: 'load:now > 60' }
`;
const FILES = [readRuleFile('rules.yml', RULES)];

let folder: string;
beforeEach(() => {
  folder = makeFolder('adjoining');
});
afterEach(() => removeFolder(folder));

/** Loads that go up and down, and away at times. */
function history(seed: number): Point[] {
  const random = new Random(seed);
  return TARGETS.flatMap(target => {
    const all: Point[] = [];
    let [value, isAway] = [50, false];
    for (let minute = 0; minute <= MINUTES; minute++) {
      if (random.next() < 0.15) value = random.below(100);
      if (random.next() < (isAway ? 0.3 : 0.03)) isAway = !isAway;
      if (!isAway) all.push({ target, at: START + minute * MINUTE, value });
    }
    return all;
  });
}

/** Keeps the history as it comes in, and what rules make of it where there are any. @returns the file */
function record(name: string, points: readonly Point[], files: readonly RuleFile[]): string {
  const file = join(folder, name, 'samples.db');
  mkdirSync(dirname(file));
  const store = new SampleStore({ file, retention: 1e15, log: () => {} });
  const limits = { lookback: 5 * MINUTE, defaultInterval: MINUTE, maxSamples: 1e6, checkpoint: () => {} };
  const manager = new RuleManager({
    ...{ externalUrl: '', externalLabels: {}, interval: MINUTE },
    queryFunc: engineQueryFunc({ source: store, ...limits }),
    write: (source, _, samples) => store.add(source, samples),
  });
  manager.update(files);
  for (let minute = 0; minute <= MINUTES; minute++) {
    const at = START + minute * MINUTE;
    const now = points.filter(each => each.at === at);
    const series = now.map(({ target }) => [...labelsOf(target).pairs()].flat());
    const part = { source: 'history', layout: { series }, values: now.map(({ value }) => value) };
    store.beginScrape({ at, parts: [part], gone: [] });
    manager.evaluate(at);
    store.commit();
  }
  store.close();
  return file;
}

/** Samples and ends that only one of two stores has; few lines, as there are thousands. */
function differences(live: Record<string, string>, backfilled: Record<string, string>): string[] {
  return [...new Set([...Object.keys(live), ...Object.keys(backfilled)])].flatMap(series => {
    const [a, b] = [live, backfilled].map(each => {
      const [samples = '', ends = ''] = (each[series] ?? '').split(' | ');
      return new Set([...samples.split(' '), ...ends.split(' ').map(end => `end ${end}`)]);
    }) as [Set<string>, Set<string>];
    const missing = [...a].filter(each => !b.has(each)).map(each => `${series} lacks ${each}`);
    return [...missing, ...[...b].filter(each => !a.has(each)).map(each => `${series} has ${each}`)];
  });
}

type Range = readonly [first: number, last: number];

/** Backfills one range after the other, given by minutes with both ends in them, in a copy of a history. */
async function inRanges(
  history: string,
  ranges: readonly Range[],
  files = FILES,
): Promise<Record<string, string>> {
  const dbFile = join(folder, `ranges ${ranges.join(' ')}`, 'samples.db');
  mkdirSync(dirname(dbFile));
  copyFileSync(history, dbFile);
  for (const [first, last] of ranges)
    await backfillRules({
      ...{ dbFile, files, start: START + first * MINUTE, end: START + last * MINUTE },
      ...{ interval: MINUTE, lookback: 5 * MINUTE, maxSamples: 1e6, externalUrl: '', log: () => {} },
    });
  return contents(dbFile);
}

test.each([1, 2])(
  'history %i: whole, in halves, in uneven parts, in parts that overlap',
  async seed => {
    const points = history(seed);
    const live = contents(record('live', points, FILES));
    const file = record('history', points, []);
    const random = new Random(seed + 100);
    const first = 20 + random.below(30);
    const second = first + 1 + random.below(50);
    const cuts: readonly (readonly Range[])[] = [
      [[0, MINUTES]],
      [
        [0, 90],
        [91, MINUTES],
      ],
      [
        [0, first],
        [first + 1, second],
        [second + 1, MINUTES],
      ],
      [
        [0, first],
        [first, second],
        [first - 9, second + 9],
        [second, MINUTES],
      ],
    ];
    for (const ranges of cuts)
      expect(differences(live, await inRanges(file, ranges)), `${ranges.join(' ')}`).toEqual([]);
    expect(Object.keys(live).filter(each => each.includes('alertstate="firing"')).length).toBeGreaterThan(5);
  },
  90_000,
);

describe('after a gap alerts go on as after a restart of Prometheus', () => {
  const rules = (hold: string) =>
    readRuleFile(
      'gap.yml',
      `groups: [{ name: g, interval: 1m, rules: [{ alert: A, expr: up, for: ${hold} }] }]`,
    );

  test.each<[name: string, hold: string, ranges: readonly Range[], since: number, firing: number]>([
    [
      'right after it',
      '30m',
      [
        [0, 20],
        [21, 70],
      ],
      0,
      30,
    ],
    [
      'pending: the time away does not count',
      '30m',
      [
        [0, 20],
        [40, 70],
      ],
      20,
      50,
    ],
    [
      'pending, soon due: the grace period of 10 min',
      '30m',
      [
        [0, 25],
        [45, 70],
      ],
      25,
      55,
    ],
    [
      'firing: it fires on',
      '30m',
      [
        [0, 35],
        [50, 70],
      ],
      0,
      50,
    ],
    [
      'pending with a `for` below the grace period: from the start',
      '5m',
      [
        [0, 3],
        [10, 30],
      ],
      10,
      15,
    ],
    [
      'firing with a `for` below the grace period: it fires on',
      '5m',
      [
        [0, 7],
        [20, 30],
      ],
      0,
      20,
    ],
    [
      'longer than an hour: from the start',
      '30m',
      [
        [0, 10],
        [71, 105],
      ],
      71,
      101,
    ],
  ])('%s', async (_, hold, ranges, since, firing) => {
    const file = join(folder, 'up', 'samples.db');
    await fillUp(file);
    const got = await inRanges(file, ranges, [rules(hold)]);
    const from = ranges.at(-1)?.[0] as number;
    const samplesOf = (series: string) => (got[series] ?? '').split(/ \|? ?/).map(each => each.split('='));
    const states = samplesOf('ALERTS_FOR_STATE{alertname="A"}').filter(([minute]) => Number(minute) >= from);
    expect(new Set(states.map(([, value]) => (Number(value) * 1000 - START) / MINUTE))).toEqual(
      new Set([since]),
    );
    const fires = samplesOf('ALERTS{alertname="A", alertstate="firing"}').map(([minute]) => Number(minute));
    expect(Math.min(...fires.filter(minute => minute >= from))).toBe(firing);
  });
});

/** `up` is 1 all the time. */
async function fillUp(db: string): Promise<void> {
  mkdirSync(dirname(db), { recursive: true });
  const lines = Array.from({ length: MINUTES + 1 }, (_, minute) => `up 1 ${START / 1000 + minute * 60}`);
  const file = join(folder, 'up.om');
  writeFileSync(file, `# TYPE up gauge\n${lines.join('\n')}\n# EOF\n`);
  await importOpenMetrics(file, db);
}
