// Rules whose answers are kept while their inputs are the same, beside rules that are evaluated every time: the same series and
// alerts come of both, whatever is scraped.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Scrape } from '../../../src/model/scrape.js';
import { systemClock } from '../../../src/model/time.js';
import { parse } from '../../../src/promql/parse.js';
import { AnswerCache } from '../../../src/query/thread/answer-cache.js';
import { Rules } from '../../../src/query/thread/rules.js';
import { RuleManager } from '../../../src/rules/manager.js';
import { answerOfEngine, engineQueryFunc } from '../../../src/rules/query-func.js';
import { readRuleFile } from '../../../src/rules/read.js';
import { toTransfer } from '../../../src/rules/transfer.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { randomFrom } from '../../tsdb/random.js';

const MINUTE = 60_000;
const LOOKBACK = 5 * MINUTE;
const LIMITS = { maxSamples: 1e6, maxWaiting: 20, lookback: LOOKBACK, defaultInterval: 15_000 };

const RULES = [
  { record: 'early', expr: 'late + 1' },
  { record: 'doubled', expr: '2 * up' },
  { record: 'both', expr: 'up + on (target) slow' },
  { record: 'absent', expr: 'absent(up{target="t1"})' },
  { record: 'ratio', expr: 'avg(up) or vector(0)' },
  { record: 'of_doubled', expr: 'sum(doubled) - sum(late)' },
  { record: 'any_name', expr: 'count({target=~"t.+"})' },
  { record: 'window', expr: 'sum_over_time(up[1m])' },
  { record: 'of_windows', expr: 'max by (target) (avg_over_time(slow[2m]) or last_over_time(up[30s])) > 0' },
  { record: 'growth', expr: 'rate(slow[2m])' },
  { record: 'change', expr: 'delta(up[1m]) + irate(slow[1m])' },
  { record: 'line', expr: 'deriv(up[2m])' },
  { record: 'no_samples', expr: 'absent_over_time(up{target="t2"}[1m])' },
  { record: 'of_recorded', expr: 'sum(count_over_time(doubled[1m])) - sum(count_over_time(late[2m]))' },
  { record: 'window_before', expr: 'sum_over_time(up[1m] offset 30s)' },
  { record: 'time_of_none', expr: 'time() - never_there or timestamp(doubled{target="t3"}) - time()' },
  { record: 'guarded_by_right', expr: 'increase(up[2m]) > 0 and on (target) slow == 1' },
  {
    record: 'guarded_by_growth',
    expr: 'increase(slow[2m]) > 0 and increase(up[2m]) > increase(slow[2m]) * 0.5',
  },
  { record: 'divided', expr: 'sum by (target) (rate(slow[2m])) / on (target) (up == 1)' },
  { record: 'predicted', expr: 'predict_linear(up[2m], 60) > 0 and slow > 0' },
  { record: 'no_window', expr: 'rate(never_there_total[5m]) or slow' },
  { record: 'before', expr: 'up offset 1m' },
  { record: 'when', expr: 'timestamp(up) or vector(time())' },
  { record: 'inner', expr: 'max_over_time(slow[2m:30s])' },
  { alert: 'Down', expr: 'up == 0', for: '30s', annotations: { text: '{{ $value }}' } },
  { record: 'firing', expr: 'count by (alertname, alertstate) (ALERTS)' },
  {
    alert: 'Asks',
    expr: 'slow > 0',
    annotations: { text: '{{ with query "doubled" }}{{ . | first | value }}{{ end }}' },
  },
  { record: 'guarded', expr: 'slow == 1 unless on (target) max_over_time(up[1m]) == 0' },
  {
    record: 'twice',
    expr: '(count(up == 0) > 1 and on () sum(rate(up[2m])) >= 0) unless on () vector(0) > resets(slow[1m]) - resets(up[1m])',
  },
  { record: 'fails', expr: 'up == 0 and on () (max_over_time(slow[1m]) + on (job) max_over_time(up[1m]))' },
  { record: 'late', expr: 'count(up == 1) + count(slow)' },
  { record: 'after', expr: 'late + 1' },
];

let folder: string;
const stores: SampleStore[] = [];

beforeEach(() => {
  folder = makeFolder('answers');
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  removeFolder(folder);
});

function openStore(name: string): SampleStore {
  const file = join(folder, `${name}.db`);
  const store = new SampleStore({ file, retention: 1e15, log: () => {} });
  stores.push(store);
  return store;
}

const files = () => [readRuleFile('r.yml', JSON.stringify({ groups: [{ name: 'g', rules: RULES }] }))];

/** Evaluates with answers that are kept. */
function cached(store: SampleStore) {
  const rules = new Rules(store, LIMITS, systemClock);
  const settings = { externalUrl: '', externalLabels: {}, interval: 15_000, status: 'ratio' };
  rules.configure({ ...settings, files: files().map(toTransfer) });
  return {
    evaluate: (at: number, isInterim: boolean) => rules.evaluate(at, isInterim),
    groups: () => rules.groups(),
  };
}

/** Evaluates every rule every time. */
function plain(store: SampleStore) {
  const manager = new RuleManager({
    externalUrl: '',
    externalLabels: {},
    interval: 15_000,
    queryFunc: engineQueryFunc({ source: store, ...LIMITS, checkpoint: () => {} }),
    write: (source, _, samples) => {
      store.add(source, samples);
    },
    history: store,
  });
  manager.update(files());
  return {
    evaluate: (at: number, isInterim: boolean) => manager.evaluate(at, isInterim),
    groups: () => manager.groups(),
  };
}

const layout = (target: string, labels: readonly string[] = []) => ({
  series: ['up', 'slow'].map(name => ['__name__', name, ...labels, 'target', target]),
});

/** Scrapes in which most is as it was: services come, go and change, and the clock is set. */
function* scrapes(seed: number): Generator<Scrape & { at: number }> {
  const random = randomFrom(seed);
  const shown = new Map<string, number[]>();
  let at = 10 * MINUTE;
  for (let i = 0; i < 80; i++) {
    const step = random();
    at += step < 0.04 ? 7 * MINUTE : step < 0.06 ? -3 * MINUTE : 200 + Math.floor(random() * 15_000);
    const parts = [];
    const gone = [];
    for (const target of ['t1', 't2', 't3']) {
      const values = [Math.floor(random() * 2), random() < 0.2 ? Number.NaN : Math.floor(random() * 2)];
      const change = random();
      if (!shown.has(target) && change < 0.3) parts.push({ source: target, layout: layout(target), values });
      else if (!shown.has(target)) continue;
      else if (change < 0.05) gone.push(target);
      else if (change < 0.1) parts.push({ source: target, layout: layout(target, ['more', 'x']), values });
      else if (change < 0.3) parts.push({ source: target, values });
      shown.set(target, values);
      if (gone.includes(target)) shown.delete(target);
    }
    const isInterim = random() < 0.6 && i > 0;
    yield random() < 0.15 && i > 0
      ? {
          stream: 's',
          at: at + 1,
          parts: [{ source: 'x', layout: layout('t4'), values: [1, i % 3] }],
          gone: [],
        }
      : { at, isInterim, parts, gone };
  }
}

function everything(store: SampleStore, at: number): string[] {
  const name = { name: '__name__', op: '!=' as const, value: '', matches: (text: string) => text !== '' };
  return store
    .latest([name], at - LOOKBACK, at)
    .map(({ labels, times, values, ends }) => `${labels} ${values} @ ${times} ${[...ends]}`);
}

const withoutTimes = (groups: ReturnType<RuleManager['groups']>) =>
  groups.map(({ rules }) => rules.map(rule => ({ ...rule, evaluationTime: 0 })));

test.each(Array.from({ length: 12 }, (_, seed) => seed))('the same series and alerts, seed %i', seed => {
  const sides = [openStore('cached'), openStore('plain')] as const;
  const rules = [cached(sides[0]), plain(sides[1])] as const;
  for (const scrape of scrapes(seed)) {
    for (const [i, store] of sides.entries()) {
      if ('stream' in scrape) {
        store.appendStreams([scrape as Scrape & { stream: string }]);
        continue;
      }
      if (scrape.isInterim) store.showInterim(scrape);
      else store.beginScrape(scrape);
      rules[i]?.evaluate(scrape.at, scrape.isInterim === true);
      store.commit();
    }
    const [ours, theirs] = sides.map(store => everything(store, scrape.at));
    expect({ at: scrape.at, all: ours }).toEqual({ at: scrape.at, all: theirs });
    expect(withoutTimes(rules[0].groups())).toEqual(withoutTimes(rules[1].groups()));
  }
});

describe('a question is evaluated', () => {
  const up = (value: number) => ({ source: 't1', layout: layout('t1'), values: [value, 1] });
  test.each<[name: string, expr: string, second: Partial<Scrape>, times: number]>([
    ['once while nothing changes', 'up + on (target) slow', {}, 1],
    ['again when a value changes', 'up', { parts: [up(0)] }, 2],
    ['once while others change', 'slow', { parts: [up(0)] }, 1],
    ['again when a series is gone', 'up', { gone: ['t1'] }, 2],
    ['once a scrape where a window counts', 'max_over_time(up[1m])', {}, 2],
    ['once a scrape where a counter has not grown', 'rate(slow[1m])', {}, 2],
    ['every time where growth is extrapolated', 'delta(up[1m])', { parts: [up(0)] }, 3],
    ['every time where samples of the past count', 'max_over_time(up[1m] offset 1s)', {}, 4],
    ['every time in a subquery', 'max_over_time(up[1m:10s])', {}, 4],
    ['once where there are no such samples', 'max_over_time(never_there[1m]) or up', {}, 1],
    ['every time where the time counts', 'up + time()', {}, 4],
    ['in part while that finds nothing', 'up == 0 and max_over_time(up[1m])', { parts: [up(1)] }, 1],
    [
      'in part, then as a whole when that finds something',
      'up == 0 and max_over_time(up[1m])',
      { parts: [up(0)] },
      3,
    ],
    [
      'as a whole where the rest may fail',
      'up == 0 and on () label_replace(max_over_time(slow[1m:15s]), "a", "b", "", "")',
      {},
      4,
    ],
    ['once without any input', 'vector(1)', { parts: [up(0)] }, 1],
  ])('%s', (_, text, second, times) => {
    const store = openStore('one');
    const cache = new AnswerCache({ standing: matchers => store.standing(matchers), lookback: LOOKBACK });
    const options = { source: store, ...LIMITS, checkpoint: () => {} };
    let evaluated = 0;
    for (const scrape of [{ parts: [up(1)] }, second]) {
      const at = MINUTE + evaluated * 15_000;
      store.append({ at, parts: [], gone: [], ...scrape });
      cache.begin(at);
      for (let i = 0; i < 2; i++)
        cache.answer(parse(text), text, at, expr => {
          evaluated++;
          return answerOfEngine(options, expr, text, at);
        });
    }
    expect(evaluated).toBe(times);
  });

  test.each<[name: string, expr: string, times: number]>([
    ['once until a sample leaves the window', 'sum_over_time(up[1m])', 2],
    ['once while an answer of no growth holds', 'increase(slow[1m])', 2],
    ['every time while growth is extrapolated', 'increase(up[1m])', 3],
    [
      'in part while that has not grown',
      'increase(slow[1m]) > 0 and increase(up[1m]) >= increase(slow[1m])',
      2,
    ],
    ['once while nothing is in the window', 'sum_over_time(up[5s])', 1],
    ['once while there is one sample', 'increase(up[20s])', 2],
    ['once where there are no series, though the time counts', 'time() - never_there > 5', 1],
    ['every time where the time counts', 'time() - up > 5', 4],
  ])('between two scrapes %s', (_, text, times) => {
    const store = openStore('between');
    const options = { source: store, ...LIMITS, checkpoint: () => {} };
    const cache = new AnswerCache({ standing: matchers => store.standing(matchers), lookback: LOOKBACK });
    for (const [at, value] of [
      [0, 0],
      [30_000, 1],
    ] as const)
      store.append({ at, parts: [up(value)], gone: [] });
    let evaluated = 0;
    // What is shown meanwhile is in no window; the first sample leaves that of a minute after the second moment.
    for (const at of [40_000, 48_000, 61_000, 62_000]) {
      store.showInterim({ at, isInterim: true, parts: [up(at)], gone: [] });
      cache.begin(at);
      const answer = cache.answer(parse(text), text, at, expr => {
        evaluated++;
        return answerOfEngine(options, expr, text, at);
      });
      expect(answer).toEqual(answerOfEngine(options, parse(text), text, at).samples);
    }
    expect(evaluated).toBe(times);
  });
});
