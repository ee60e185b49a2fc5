// Rules at work on series given in the notation of Prometheus' tests, minute by minute.

import type { Alert } from '../../src/model/alert.js';
import type { Millis } from '../../src/model/time.js';
import { parse } from '../../src/promql/parse.js';
import type { RuleFile } from '../../src/rules/definition.js';
import { type EvaluationResult, RuleManager, type RuleManagerOptions } from '../../src/rules/manager.js';
import { readRuleFile } from '../../src/rules/read.js';
import { TestStorage } from '../../src/rules/unit-test/storage.js';

export const MINUTE: Millis = 60_000;

/** A rule file of one group, `rules` indented as under `rules:`. */
export function ruleFile(rules: string, keys = '', file = 'test.yml'): RuleFile {
  const indented = rules.trim().replaceAll('\n', '\n      ');
  return readRuleFile(file, `groups:\n  - name: g\n${keys}    rules:\n      ${indented}\n`);
}

/** Samples that outlive managers. One value a minute, from minute 0. */
export function storageOf(series: Readonly<Record<string, string>>): TestStorage {
  const inputSeries = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  return new TestStorage({ inputSeries, interval: MINUTE, start: 0 }, MINUTE);
}

/** A manager on a storage. */
export function managerOn(storage: TestStorage, options: Partial<RuleManagerOptions> = {}): RuleManager {
  return new RuleManager({
    externalUrl: 'http://monitor.test',
    externalLabels: { site: 'here' },
    queryFunc: storage.queryFunc,
    write: storage.write,
    interval: MINUTE,
    ...options,
  });
}

/** Evaluates at the full minutes from one to another, both included. */
export function evaluate(
  manager: RuleManager,
  storage: TestStorage,
  from: number,
  to = from,
): EvaluationResult[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const at = (from + i) * MINUTE;
    storage.loadUntil(at);
    return manager.evaluate(at);
  });
}

/** All alerts of all rules. */
export function alertsOf(manager: RuleManager): readonly Alert[] {
  return manager
    .groups()
    .flatMap(group => group.rules.flatMap(rule => ('alerts' in rule ? rule.alerts : [])));
}

/** A moment in minutes. */
export function minutes(at: Millis | undefined): number | undefined {
  return at === undefined ? undefined : at / MINUTE;
}

/** What a selector shows at a minute: `name{...} value`, sorted. */
export function shown(storage: TestStorage, selector: string, minute: number): string[] {
  return storage
    .queryFunc(parse(selector), selector, minute * MINUTE)
    .map(({ labels, value }) => `${labels} ${value}`)
    .sort();
}
