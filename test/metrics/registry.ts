// Everything the program can print: every declared family with one sample, and its own metrics. For the tests here.

import { Registry } from 'prom-client';
import { Exposition } from '../../src/metrics/exposition.js';
import { OwnMetrics } from '../../src/metrics/own.js';
import { collect, type Format, write } from '../../src/metrics/render.js';
import { ScrapeMetrics } from '../../src/metrics/scraping.js';
import { countFamilies, ServiceMetrics, serviceFamilies } from '../../src/metrics/services.js';
import type { MetricFamily } from '../../src/model/family.js';
import type { Service } from '../../src/model/service.js';
import { attemptFamilies } from '../../src/probes/attempt.js';
import { host } from '../../src/probes/kinds/host.js';
import { kinds } from '../../src/probes/kinds/index.js';

/** Every family a probe or a service's state may have. */
export const allFamilies: readonly MetricFamily[] = [
  ...new Map(
    [...serviceFamilies, ...attemptFamilies, ...[...kinds, host].flatMap(kind => kind.families)].map(
      family => [family.name, family] as const,
    ),
  ).values(),
];

export const SERVICE: Service = {
  ...{ id: 'a', name: 'A', kind: 'http', critical: true, severity: 'critical', dependsOn: ['b', 'c'] },
};

/** A registry in which each of them has a sample, and what adds up over checks. */
export function fullRegistry() {
  const registry = new Registry();
  const exposition = new Exposition(registry, [...allFamilies, ...countFamilies]);
  const own = new OwnMetrics(registry, { version: '1.2.3' });
  new ServiceMetrics(exposition).update(SERVICE, undefined);
  new ScrapeMetrics(registry).setPools([{ job: 'j', targets: 1, discovered: 1, isOverLimit: false }]);
  own.answered('/metrics', 200);
  own.setLinks({ runbook: 'http://a/runbook', dashboards: 'http://a/d/' });
  const layout = {
    families: allFamilies.map(family => family.name),
    labels: allFamilies.map(family => family.labels.map(label => `some ${label}`)),
  };
  exposition.observe('all', 'all', { layout, values: allFamilies.map((_, i) => i + 0.5) });
  return { registry, exposition, own };
}

/** The registry as text, asked just now. */
export async function render(registry: Registry, format: Format): Promise<Buffer> {
  return write(await collect(registry), format);
}
