// The shipped rules' verdict on services as they are believed to be at one moment: the real rules over the real metrics,
// in memory.

import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import { CLUSTER_STATUS, type ClusterStatus, clusterStatusOf } from '../../src/cluster/status.js';
import { Exposition } from '../../src/metrics/exposition.js';
import {
  countFamilies,
  failureLabelsOf,
  ServiceMetrics,
  serviceFamilies,
} from '../../src/metrics/services.js';
import { Labels } from '../../src/model/labels.js';
import type { CheckResult, Level } from '../../src/model/result.js';
import type { Service } from '../../src/model/service.js';
import { MemorySource } from '../../src/promql/memory.js';
import { parse } from '../../src/promql/parse.js';
import { loadRuleFiles } from '../../src/rules/load.js';
import { RuleManager } from '../../src/rules/manager.js';
import { engineQueryFunc } from '../../src/rules/query-func.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const files = loadRuleFiles(['rules/services.rules.yml', 'rules/status.rules.yml'], ROOT);

/** What is known of one service. */
export interface Known {
  readonly service: Service;
  readonly level: Level;
  readonly result: CheckResult | undefined;
  /** Why it is down or slow. */
  readonly trouble: CheckResult | undefined;
}

/** Evaluates the rules. @param at wall clock, whole milliseconds */
export function judgeByRules(all: readonly Known[], at: number): ClusterStatus {
  const source = new MemorySource();
  expose(source, all, at);
  const ask = engineQueryFunc({
    ...{ source, lookback: 300_000, defaultInterval: 60_000, maxSamples: 1e7 },
    checkpoint: () => {},
  });
  const write = (_: string, time: number, samples: readonly { labels: Labels; value: number }[]) => {
    for (const { labels, value } of samples) source.add(labels, time, value);
  };
  const manager = new RuleManager({
    externalUrl: '',
    externalLabels: {},
    queryFunc: ask,
    write,
    interval: 30_000,
  });
  manager.update(files);
  const { failures } = manager.evaluate(at);
  if (failures > 0) throw new Error(`rules failed: ${JSON.stringify(manager.groups())}`);
  const alerts = manager
    .groups()
    .flatMap(group => group.rules)
    .flatMap(rule => (rule.kind === 'alerting' ? rule.alerts : []));
  const status = ask(parse(CLUSTER_STATUS), CLUSTER_STATUS, at);
  return clusterStatusOf(status[0]?.value, alerts);
}

function expose(to: MemorySource, all: readonly Known[], at: number): void {
  const exposition = new Exposition(new Registry(), [...serviceFamilies, ...countFamilies]);
  const metrics = new ServiceMetrics(exposition);
  for (const { service, level, result, trouble } of all) {
    const words = failureLabelsOf(level === 'down' || level === 'slow' ? trouble : undefined);
    metrics.update(service, result && { ...result, level }, words);
  }
  for (const { target, layout, values } of exposition.sources().values()) {
    for (const [i, name] of layout.families.entries()) {
      const value = values[i] as number;
      if (Number.isNaN(value)) continue;
      const own = exposition.labelsOf(name, target, layout.labels[i]);
      to.add(Labels.of([['__name__', name], ['job', 'j'], ['instance', 'i'], ...own]), at, value);
    }
  }
}
