// Rules over the store that keeps what they record: two that record the same series, and rules that take too long.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../src/model/time.js';
import { Rules } from '../../../src/query/thread/rules.js';
import { readRuleFile } from '../../../src/rules/read.js';
import { toTransfer } from '../../../src/rules/transfer.js';
import { SampleStore } from '../../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { DIST } from '../../support/monitor.js';
import { select } from '../../tsdb/store-fixture.js';

const MAIN = new URL('main.js', DIST);

let folder: string;
let store: SampleStore;

beforeEach(() => {
  folder = makeFolder('rules');
  store = new SampleStore({ file: join(folder, 'samples.db'), retention: 1e12, log: () => {} });
});
afterEach(() => {
  store.close();
  removeFolder(folder);
});

const DUPLICATE = 'duplicate sample for timestamp';

/** What promtool 2.42 and a Prometheus say of them: the later rule is in error. */
test.each<[name: string, rules: readonly object[], errors: readonly string[]]>([
  ['another value', [record('vector(1)'), record('vector(2)')], ['', DUPLICATE]],
  ['the same value', [record('vector(1)'), record('vector(1)')], ['', '']],
  [
    'one series of two',
    [record('vector(1)'), record('label_replace(vector(2), "a", "b", "", "")')],
    ['', ''],
  ],
  ['what is not a number', [record('vector(NaN)'), record('vector(NaN)')], ['', '']],
  ['an alert twice', [alert('vector(1)'), alert('vector(2)')], ['', '']],
])('%s', (_, rules, errors) => {
  for (const isInterim of [false, true]) {
    const evaluated = rulesOn(rules, systemClock);
    const scrape = { at: isInterim ? 2000 : 1000, parts: [], gone: [] };
    if (isInterim) store.showInterim(scrape);
    else store.beginScrape(scrape);
    const judgement = evaluated.evaluate(scrape.at, isInterim);
    store.commit();
    const found = errorsOf(evaluated);
    expect({ isInterim, found }).toEqual({ isInterim, found: errors });
    // An alert is sent whatever became of its series.
    const alerts = rules.filter(rule => 'alert' in rule).length;
    expect(judgement?.evaluation.unsent).toHaveLength(alerts);
  }
});

test('a query that takes long fails alone, and later rules once all together take too long', () => {
  let elapsed = 0;
  // Each step of an evaluation takes a second.
  const clock = { ...systemClock, elapsed: () => (elapsed += 1000) };
  const short = record('vector(1)');
  const long = record(Array.from({ length: 20 }, () => 'vector(1)').join(' + '));
  const evaluated = rulesOn([short, long, short, ...Array.from({ length: 60 }, () => short)], clock);
  store.beginScrape({ at: 1000, parts: [], gone: [] });
  evaluated.evaluate(1000, false);
  store.commit();
  const errors = errorsOf(evaluated);
  expect(errors.slice(0, 3)).toEqual(['', 'the query took too long', '']);
  expect(errors.at(-1)).toBe('the rules together took too long');
});

test('others that read within an evaluation see what another process has written since it began', () => {
  const seen: number[] = [];
  const file = join(folder, 'old.om');
  let isEvaluating = false;
  const yieldTo = () => {
    if (!isEvaluating) return;
    if (seen.length === 0) {
      writeFileSync(file, 'imported 1 0.5\n# EOF\n');
      execFileSync(process.execPath, [fileURLToPath(MAIN), 'import', file, `--storage.path=${folder}`]);
    }
    seen.push(select(store, '__name__=imported').length);
  };
  const evaluated = rulesOn([record('vector(1)'), record('vector(1)')], systemClock, yieldTo);
  isEvaluating = true;
  store.beginScrape({ at: 1000, parts: [], gone: [] });
  evaluated.evaluate(1000, false);
  store.commit();
  expect(seen.slice(0, 2)).toEqual([1, 1]);
});

/** A group of rules on the store. */
function rulesOn(rules: readonly object[], clock: Clock, yieldTo = () => {}): Rules {
  const made = new Rules(
    store,
    { maxSamples: 1000, maxWaiting: 1, lookback: 300_000, defaultInterval: 1000 },
    clock,
    yieldTo,
  );
  const text = JSON.stringify({ groups: [{ name: 'g', rules }] });
  made.configure({
    files: [toTransfer(readRuleFile('test.yml', text))],
    externalUrl: '',
    externalLabels: {},
    interval: 1000,
    status: 'vector(0)',
  });
  return made;
}

function errorsOf(rules: Rules): string[] {
  return rules.groups().flatMap(group => group.rules.map(({ lastError }) => lastError));
}

function record(expr: string): object {
  return { record: 'twice', expr };
}

function alert(expr: string): object {
  return { alert: 'Twice', expr };
}
