// The shipped rules' verdict on services as they are believed to be at one moment: the real rules over the real metrics,
// in memory.

import { fileURLToPath } from 'node:url';
import { CLUSTER_STATUS, type Verdict, verdictOf } from '../../src/cluster/verdict.js';
import { serviceFamilies, serviceLayout, serviceReadings, troubleOf } from '../../src/metrics/services.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult, Level } from '../../src/model/result.js';
import type { Service } from '../../src/model/service.js';
import { MemorySource } from '../../src/promql/memory.js';
import { parse } from '../../src/promql/parse.js';
import { askLanguage } from '../../src/rules/ask.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import { RuleManager } from '../../src/rules/manager.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const files = loadRuleFiles(['rules/services.rules.yml', 'rules/status.rules.yml'], ROOT);
const labelsOf = new Map(serviceFamilies.map(({ name, labels }) => [name, labels]));

/** What is known of one service. */
export interface Known {
  readonly service: Service;
  readonly level: Level;
  readonly result: CheckResult | undefined;
  /** Why it is down or slow. */
  readonly trouble: CheckResult | undefined;
}

/** Evaluates the rules. @param at wall clock, whole milliseconds */
export function judgeByRules(all: readonly Known[], at: number): Verdict {
  const source = new MemorySource();
  for (const known of all) expose(source, known, at);
  const ask = askLanguage({
    ...{ source, lookback: 300_000, defaultInterval: 60_000, maxSamples: 1e7 },
    checkpoint: () => {},
  });
  const write = (_: string, time: number, samples: readonly { labels: Labels; value: number }[]) => {
    for (const { labels, value } of samples) source.add(labels, time, value);
  };
  const manager = new RuleManager({ externalUrl: '', externalLabels: {}, ask, write, interval: 30_000 });
  manager.update(files);
  const { failures } = manager.evaluate(at);
  if (failures > 0) throw new Error(`rules failed: ${JSON.stringify(manager.groups())}`);
  const alerts = manager
    .groups()
    .flatMap(group => group.rules)
    .flatMap(rule => (rule.kind === 'alerting' ? rule.alerts : []));
  const status = ask(parse(CLUSTER_STATUS), CLUSTER_STATUS, at);
  return verdictOf(status[0]?.value, alerts);
}

function expose(source: MemorySource, { service, level, result, trouble }: Known, at: number): void {
  const words = troubleOf(level === 'down' || level === 'slow' ? trouble : undefined);
  const { families, labels } = serviceLayout(service, words);
  const { values } = serviceReadings(service, result && { ...result, level }, words);
  for (const [i, family] of families.entries()) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const own = (labelsOf.get(family) ?? []).map((name, n) => [name, labels[i]?.[n] ?? ''] as const);
    const all = [
      ['__name__', family],
      ['job', 'j'],
      ['instance', 'i'],
      ['target', service.id],
      ...own,
    ] as const;
    source.add(Labels.of(all as readonly (readonly [string, string])[]), at, value);
  }
}
