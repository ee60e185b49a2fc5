// What to do about all that is monitored, each with the figures it rests on: limits that come near, services, and the node
// the monitor runs on. Comes in: findings; goes out: sentences, what helps most first.

import type { Findings } from './analyst.js';
import type { Engine, Period } from './asking.js';
import { type Evidence, evidence, evidenceOf } from './evidence.js';
import { isDate, projectedLoads } from './growth.js';
import { recommendationsOfAll } from './recommendations.js';
import { percent } from './words.js';

export interface Advice {
  /** Id of the service it is about; null where it is about none. */
  readonly service: string | null;
  /** What it is about. */
  readonly name: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** The document's bounds of the monitoring node, as shares. */
const NODE = [
  { metric: 'host_memory_usage_ratio', name: 'memory', bound: 0.8, what: 'consider increasing resources' },
  { metric: 'host_cpu_usage_ratio', name: 'CPU', bound: 0.7, what: 'optimize monitoring frequency' },
] as const;

/** @throws QueryError */
export async function adviceOf(findings: Findings): Promise<readonly Advice[]> {
  return [...(await limits(findings)), ...services(findings), ...(await node(findings))];
}

/** With what it is about in front. */
export const sentenceOf = ({ name, text }: Advice): string =>
  text.startsWith(name) ? text : `${name}: ${text}`;

/** Loads that are expected to reach their limit, the next one first. */
async function limits(findings: Findings): Promise<Advice[]> {
  const { engine, period } = findings;
  const near = (await projectedLoads(findings))
    .flatMap(({ load, view: { limit_reached: full, limit_reached_earliest: earliest } }) =>
      full !== null && isDate(full) ? [{ load, full, earliest: earliest ?? full }] : [],
    )
    .sort((a, b) => (a.full < b.full ? -1 : 1));
  return Promise.all(
    near.map(async ({ load: { name, query }, full, earliest }) => {
      const before = earliest === full ? '' : `, at the earliest on ${earliest}`;
      const text = `Add capacity or free some in time: it is expected to be full on ${full}${before}`;
      return {
        service: null,
        name,
        text,
        evidence: [await evidenceAtEnd('last_hour', query('1h'), engine, period)],
      };
    }),
  );
}

function services(findings: Findings): Advice[] {
  return recommendationsOfAll(findings).map(({ id, name, text, basis }) => ({
    service: id,
    name,
    text,
    evidence: basis.map(({ figure, measure, value }) =>
      evidenceOf(figure, measure, id, value, findings.period),
    ),
  }));
}

/** What the document recommends for the node the monitor runs on. */
async function node({ engine, period }: Findings): Promise<Advice[]> {
  const found = await Promise.all(
    NODE.map(async ({ metric, name, bound, what }) => {
      const last = await evidenceAtEnd(
        name.toLowerCase(),
        `max(avg_over_time(${metric}[10m]))`,
        engine,
        period,
      );
      const { value } = last;
      if (value === null || value <= bound) return [];
      const text = `Monitoring node ${name} usage high (${percent(value)}) - ${what}`;
      return [{ service: null, name: 'Monitoring node', text, evidence: [last] }];
    }),
  );
  return found.flat();
}

/** A figure of the end of the period. */
async function evidenceAtEnd(
  figure: string,
  query: string,
  engine: Engine,
  period: Period,
): Promise<Evidence> {
  const { samples } = await engine.instant(query, period.to);
  return evidence(figure, query, samples[0]?.value ?? Number.NaN, period);
}
