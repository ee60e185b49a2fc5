// One test of a unit-test file, run. Comes in: series, rules and what has to come of them; goes out: what does not hold.
// Source: Prometheus, cmd/promtool/unittest.go.

import { printGoDuration } from '../../go/duration.js';
import { printModelDuration } from '../../model/duration.js';
import { compareLabels, Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { parse } from '../../promql/parse.js';
import { quote } from '../../promql/print/quote.js';
import { parseLabelSet } from '../../promql/series-notation.js';
import type { RuleFile } from '../definition.js';
import { RuleGroup } from '../group.js';
import type { InstantSample } from '../query-func.js';
import type { AlertCase, ExpectedSample, ExpressionCase, TestFile, TestGroup } from './file.js';
import { type PlainAlert, printAlerts, printSamples, printTexts, sortedEntries } from './print.js';
import { TestStorage } from './storage.js';

/** What all tests of a file share. */
interface TestSettings extends Pick<TestFile, 'evaluationInterval' | 'groupOrder' | 'fuzzyCompare'> {
  readonly rules: readonly RuleFile[];
}

/** Runs a test. @returns what does not hold, each as promtool prints it; nothing when all holds */
export function runTest(test: TestGroup, settings: TestSettings): string[] {
  const nameless = test.alertCases.find(({ alertName }) => alertName === '');
  if (nameless) {
    const where = test.name === '' ? '' : ` (in TestGroup ${test.name})`;
    const at = printModelDuration(nameless.evalTime);
    return [`an item under alert_rule_test misses required attribute alertname at eval_time ${at}${where}`];
  }
  try {
    return new TestRun(test, settings).run();
  } catch (error) {
    return [(error as Error).message];
  }
}

class TestRun {
  readonly #test: TestGroup;
  readonly #settings: TestSettings;
  readonly #storage: TestStorage;
  readonly #groups: readonly RuleGroup[];

  constructor(test: TestGroup, settings: TestSettings) {
    this.#test = test;
    this.#settings = settings;
    this.#storage = new TestStorage(test, settings.evaluationInterval);
    this.#groups = orderedGroups(settings, this.#makeGroups());
  }

  run(): string[] {
    const { evaluationInterval: step } = this.#settings;
    const { alertCases, expressionCases } = this.#test;
    const end = [...alertCases, ...expressionCases].reduce(
      (last, { evalTime }) => Math.max(last, evalTime),
      0,
    );
    const problems: string[] = [];
    for (let at = 0; at <= end; at += step) {
      const failures = this.#evaluate(at);
      if (failures.length > 0) return [...problems, ...failures];
      // A case between two evaluations looks at the first of them.
      const due = alertCases.filter(({ evalTime }) => at <= evalTime && evalTime < at + step);
      problems.push(
        ...[...due].sort((a, b) => a.evalTime - b.evalTime).flatMap(each => this.#checkAlerts(each)),
      );
    }
    return [...problems, ...expressionCases.flatMap(each => this.#checkExpression(each))];
  }

  #makeGroups(): RuleGroup[] {
    const { externalLabels, externalUrl } = this.#test;
    const query = (text: string, at: Millis): readonly InstantSample[] =>
      this.#storage.queryFunc(parse(text), text, at);
    const context = { externalLabels, externalUrl, query };
    const options = { defaultInterval: this.#test.interval, context, shouldRestore: false };
    return this.#settings.rules.flatMap(({ file, groups }) =>
      groups.map(definition => new RuleGroup(definition, { file, ...options })),
    );
  }

  /** @param time since the start of the test */
  #evaluate(time: Millis): string[] {
    const at = this.#test.start + time;
    this.#storage.loadUntil(at);
    const { queryFunc, write } = this.#storage;
    return this.#groups.flatMap(group => {
      group.evaluate(at, { queryFunc, write, elapsed: () => 0 });
      return group.rules
        .filter(({ lastError }) => lastError !== '')
        .map(
          ({ definition, lastError }) =>
            `    rule: ${definition.name}, time: ${printGoDuration(time)}, err: ${lastError}`,
        );
    });
  }

  #checkAlerts({ evalTime, alertName, alerts }: AlertCase): string[] {
    const expected = sortedAlerts(
      alerts.map(({ labels, annotations }) => ({ labels: { ...labels, alertname: alertName }, annotations })),
    );
    const got = sortedAlerts(this.#firing(alertName));
    if (keyOf(expected) === keyOf(got)) return [];
    const name = this.#test.name === '' ? '' : `    name: ${this.#test.name},\n`;
    const indent = ' '.repeat(12);
    return [
      `${name}    alertname: ${alertName}, time: ${printModelDuration(evalTime)}, \n` +
        `        exp:${printAlerts(expected, indent)}, \n        got:${printAlerts(got, indent)}`,
    ];
  }

  #firing(alertName: string): PlainAlert[] {
    return this.#groups
      .flatMap(group => group.rules)
      .filter(({ definition }) => definition.name === alertName)
      .flatMap(({ alerting }) => alerting?.alerts ?? [])
      .filter(({ state }) => state === 'firing');
  }

  #checkExpression(test: ExpressionCase): string[] {
    const where = `    expr: ${quote(test.expr)}, time: ${printModelDuration(test.evalTime)},`;
    try {
      const got = this.#storage.queryFunc(parse(test.expr), test.expr, this.#test.start + test.evalTime);
      return this.#compare([...got], test.samples.map(expectedSample), where);
    } catch (error) {
      return [`${where} err: ${(error as Error).message}`];
    }
  }

  #compare(got: InstantSample[], expected: InstantSample[], where: string): string[] {
    const order = (a: InstantSample, b: InstantSample): number => compareLabels(a.labels, b.labels);
    got.sort(order);
    expected.sort(order);
    const isSame =
      got.length === expected.length &&
      expected.every(
        ({ labels, value }, i) =>
          labels.key === got[i]?.labels.key && this.#isSameValue(value, got[i]?.value as number),
      );
    if (isSame) return [];
    const printed = (samples: readonly InstantSample[]): string =>
      printSamples(samples.map(({ labels, value }) => ({ text: printTexts(labels.toJSON()), value })));
    return [`${where}\n        exp: ${printed(expected)}\n        got: ${printed(got)}`];
  }

  #isSameValue(a: number, b: number): boolean {
    return a === b || (this.#settings.fuzzyCompare && areNeighbours(a, b));
  }
}

/** Groups the order names come by it, those it does not name with the first; otherwise as they stand in the files. */
function orderedGroups({ groupOrder }: TestSettings, groups: readonly RuleGroup[]): RuleGroup[] {
  const rank = (group: RuleGroup): number => Math.max(0, groupOrder.indexOf(group.name));
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

function expectedSample({ labels, value, histogram }: ExpectedSample): InstantSample {
  if (histogram !== '') throw new Error(`labels ${quote(labels)}: native histograms are not supported`);
  try {
    return { labels: parseLabelSet(labels), value };
  } catch (error) {
    throw new Error(`labels ${quote(labels)}: ${(error as Error).message}`);
  }
}

function sortedAlerts(alerts: readonly PlainAlert[]): PlainAlert[] {
  return [...alerts].sort(
    (a, b) =>
      compareLabels(Labels.of(a.labels), Labels.of(b.labels)) ||
      compareLabels(Labels.of(a.annotations), Labels.of(b.annotations)),
  );
}

function keyOf(alerts: readonly PlainAlert[]): string {
  return JSON.stringify(
    alerts.map(({ labels, annotations }) => [sortedEntries(labels), sortedEntries(annotations)]),
  );
}

/** Whether no float lies between two. */
function areNeighbours(a: number, b: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  const [low, high] = [Math.min(a, b), Math.max(a, b)].map(orderOf) as [bigint, bigint];
  return high - low === 1n;
}

/** The place of a float among all floats. */
function orderOf(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(value === 0 ? 0 : value).buffer)[0] as bigint;
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}
