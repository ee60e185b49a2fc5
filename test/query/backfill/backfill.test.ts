// Backfill of rules over stored history: the same series as those of the running rules, and of promtool for a Prometheus.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BackfillOptions, backfillRules } from '../../../src/query/backfill/backfill.js';
import { RuleManager } from '../../../src/rules/manager.js';
import { engineQueryFunc } from '../../../src/rules/query-func.js';
import { readRuleFile } from '../../../src/rules/read.js';
import { importOpenMetrics } from '../../../src/tsdb/import/import.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { startPrometheus } from '../../support/prometheus.js';
import { contents, fill, labelsOf, MINUTE, MINUTES, openMetrics, points, START } from './history.js';

let folder: string;
let db: string;
beforeEach(() => {
  folder = makeFolder('backfill');
  db = join(folder, 'data/samples.db');
});
afterEach(() => removeFolder(folder));

const RULES = `
groups:
  - name: first
    interval: 1m
    rules:
      - record: load:avg10m
        expr: avg by (target) (avg_over_time(load[9m30s]))
      - record: load:twice
        expr: 2 * load:avg10m
      - alert: LoadHigh
        expr: load:avg10m > 40
        for: 5m
        keep_firing_for: 10m
        labels: { severity: '{{ $labels.target }}' }
  - name: second
    interval: 5m
    rules:
      - record: load:before
        expr: last_over_time(load:twice[5m] offset 1m)
        labels: { from: first }
      - record: load:count
        expr: count(ALERTS{alertstate="firing"}) or vector(0)
`;
const end = START + MINUTES * MINUTE;

function backfill(options: Partial<BackfillOptions> = {}, rules = RULES) {
  return backfillRules({
    ...{ dbFile: db, files: [readRuleFile('rules.yml', rules)], start: START, end, interval: MINUTE },
    ...{ lookback: 5 * MINUTE, maxSamples: 1e6, externalUrl: '', log: () => {} },
    ...options,
  });
}

/** The series that running rules record while the history is scraped. */
function live(file: string): void {
  const store = new SampleStore({ file, retention: 1e15, log: () => {} });
  const shared = { lookback: 5 * MINUTE, defaultInterval: MINUTE, maxSamples: 1e6, checkpoint: () => {} };
  const manager = new RuleManager({
    ...{ externalUrl: '', externalLabels: {}, interval: MINUTE },
    queryFunc: engineQueryFunc({ source: store, ...shared }),
    write: (source, _, samples) => store.add(source, samples),
  });
  manager.update([readRuleFile('rules.yml', RULES)]);
  const all = points();
  for (let at = START; at <= end; at += MINUTE) {
    const now = all.filter(each => each.at === at);
    const series = now.map(({ target }) => [...labelsOf(target).pairs()].flat());
    const part = { source: 'history', layout: { series }, values: now.map(({ value }) => value) };
    store.beginScrape({ at, parts: [part], gone: [] });
    manager.evaluate(at);
    store.commit();
  }
  store.close();
}

/** Only the rules' own series: the history itself has ended in the live store, an import has no ends. */
function made(from: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([series]) => !series.startsWith('load{')));
}

test('writes the series that the running rules would have recorded', async () => {
  await fill(db, points());
  const { moments, written, skipped, rules } = await backfill();
  expect({ moments, skipped }).toEqual({ moments: MINUTES + 1, skipped: 0 });
  const other = join(folder, 'live.db');
  live(other);
  const got = made(contents(db));
  expect(got).toEqual(made(contents(other)));
  expect(Object.keys(got)).toContain(
    'ALERTS{alertname="LoadHigh", alertstate="firing", severity="a", target="a"}',
  );
  expect(rules.map(({ rule, failures }) => [rule, failures])).toEqual(
    ['load:avg10m', 'load:twice', 'LoadHigh', 'load:before', 'load:count'].map(rule => [rule, 0]),
  );
  expect(written).toBe(rules.reduce((sum, { made: each }) => sum + each, 0));
});

test('a second run writes nothing, and changes nothing', async () => {
  await fill(db, points());
  await backfill();
  const before = contents(db);
  const { written, skipped } = await backfill();
  expect(written).toBe(0);
  expect(skipped).toBeGreaterThan(1000);
  expect(contents(db)).toEqual(before);
});

test('a rule that has run for a while gets samples before its own, and none among them', async () => {
  await fill(db, points());
  // From minute 100 to 200 it was evaluated half a minute beside the grid.
  const own = Array.from({ length: 100 }, (_, i) => ({ at: START + (100 + i) * MINUTE + 30_000, value: -1 }));
  const lines = own.map(({ at, value }) => `recent ${value} ${at / 1000}`);
  const file = join(folder, 'own.om');
  writeFileSync(file, `${lines.join('\n')}\n# EOF\n`);
  await importOpenMetrics(file, db);
  const rules = `
groups:
  - name: g
    interval: 1m
    rules:
      - record: recent
        expr: sum(load)
      - record: seen
        expr: sum(recent)
`;
  const { skipped } = await backfill({}, rules);
  expect(skipped).toBe(101);
  const { recent = '', seen = '' } = contents(db);
  const times = recent.split(' ').map(each => Number(each.split('=')[0]));
  const before = Array.from({ length: 100 }, (_, i) => i);
  const after = Array.from({ length: 40 }, (_, i) => 201 + i);
  expect(times).toEqual([...before, ...before.map(i => 100.5 + i), ...after]);
  // The rule after it sees the samples that are there, without a gap before them.
  expect(seen.split(' ')).toHaveLength(MINUTES + 1);
  expect(seen).toContain(' 101=-1 ');
});

test('a rule that fails at some times is reported, and the others are written', async () => {
  await fill(db, points());
  const rules = `
groups:
  - name: g
    interval: 1m
    rules:
      - record: bad
        expr: load * on () group_left () load
      - record: good
        expr: sum(load)
`;
  const { rules: totals } = await backfill({}, rules);
  expect(totals[0]).toMatchObject({ rule: 'bad', made: 11, failures: 230 });
  expect(totals[0]?.firstFailure?.error).toContain('many-to-many');
  expect(totals[1]).toMatchObject({ rule: 'good', made: MINUTES + 1, failures: 0 });
});

test('a rule that records other values for the series of an earlier rule fails, as when it runs', async () => {
  await fill(db, points());
  const rules = `
groups:
  - name: g
    interval: 1m
    rules:
      - { record: twice, expr: sum(load) }
      - { record: twice, expr: sum(load) + 1 }
`;
  const { rules: totals } = await backfill({}, rules);
  expect(totals).toMatchObject([
    { made: MINUTES + 1, failures: 0 },
    { made: 0, failures: MINUTES + 1, firstFailure: { error: 'duplicate sample for timestamp' } },
  ]);
});

test('an interrupted backfill writes nothing and leaves no files', async () => {
  await fill(db, points());
  const before = contents(db);
  let moments = 0;
  const onMoment = () => {
    if (++moments > 150) throw new Error('broken off');
  };
  await expect(backfill({ onMoment })).rejects.toThrow('broken off');
  expect(contents(db)).toEqual(before);
  expect(readdirSync(join(folder, 'data')).filter(name => name.includes('backfill'))).toEqual([]);
});

describe('promtool agrees', () => {
  const rules = `
groups:
  - name: g
    interval: 1m
    rules:
      - record: load:avg
        expr: avg by (target) (avg_over_time(load[9m30s]))
      - record: load:rise
        expr: (load > 5) / ignoring (target) group_left () sum without (target) (load)
        labels: { kind: share }
      - record: load:q
        expr: quantile_over_time(0.9, load[14m30s] offset 2m)
`;
  /** `series: minute=value ...` of a folder with blocks. */
  function dumped(data: string): { series: Record<string, string>; offset: number } {
    const dump = execFileSync('promtool', ['tsdb', 'dump', data], { encoding: 'utf8', maxBuffer: 1e8 });
    const lines = dump
      .trim()
      .split('\n')
      .map(line => /^\{__name__="([^"]+)", (.*)\} (\S+) (\d+)$/.exec(line) as RegExpExecArray);
    const offset = Number(lines[0]?.[4]) % MINUTE;
    const series: Record<string, string[]> = {};
    for (const [, name, labels, value, at] of lines) {
      const place = (Number(at) - offset - START) / MINUTE;
      const key = `${name}{${labels}}`;
      series[key] = [...(series[key] ?? []), `${place}=${Number(value)}`];
    }
    return {
      series: Object.fromEntries(Object.entries(series).map(([key, all]) => [key, all.join(' ')])),
      offset,
    };
  }

  /** Sums may differ in the last digit, and promtool does not say where a series ended. */
  function rounded(all: Record<string, string>): Record<string, string> {
    const short = (sample: string) =>
      sample.replace(/=.*/, value => `=${+Number(value.slice(1)).toPrecision(12)}`);
    return Object.fromEntries(
      Object.entries(all).map(([key, text]) => [
        key,
        (text.split(' | ')[0] as string).split(' ').map(short).join(' '),
      ]),
    );
  }

  test('tsdb create-blocks-from rules', async () => {
    const server = await startPrometheus('{}', openMetrics(points()));
    try {
      const file = join(folder, 'rules.yml');
      writeFileSync(file, rules);
      const output = join(folder, 'blocks');
      // Without one promtool does not read the blocks.
      mkdirSync(join(output, 'wal'), { recursive: true });
      const [from, to] = [START / 1000 + 30 * 60, end / 1000];
      execFileSync(
        'promtool',
        [
          'tsdb',
          'create-blocks-from',
          'rules',
          `--start=${from}`,
          `--end=${to}`,
          `--url=${server.url}`,
        ].concat([`--output-dir=${output}`, file]),
        { stdio: 'pipe' },
      );
      const { series, offset } = dumped(output);
      // Prometheus evaluates a group at an offset of its own in the minute: the same distance from the samples here.
      await fill(db, points(), -offset);
      await backfill({ start: START + 30 * MINUTE, end: end - MINUTE }, rules);
      expect(rounded(made(contents(db)))).toEqual(rounded(series));
      expect(Object.keys(series)).toHaveLength(6);
    } finally {
      await server.close();
    }
  });
});

test('time before the first sample is skipped', async () => {
  await fill(db, points());
  const inHistory = await backfill();
  removeFolder(join(folder, 'data'));
  await fill(db, points());
  const fromLongBefore = await backfill({ start: START - 90 * 24 * 60 * MINUTE });
  expect(inHistory.moments).toBeGreaterThan(MINUTES);
  expect(fromLongBefore).toEqual(inHistory);
});
