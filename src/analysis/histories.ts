// Days and outages of every service in a period, of samples and of roll-ups. Comes in: findings; goes out: histories.

import type { Findings } from './analyst.js';
import { historyOf, rollupsIn, type ServiceHistory } from './rollup.js';

type Histories = ReadonlyMap<string, ServiceHistory>;

/** Several parts of one report want them. */
const known = new WeakMap<Findings, Histories>();

/** Of each service that the monitor looked at, by id; made once for each findings. */
export function historiesOf(findings: Findings): Histories {
  const histories = known.get(findings) ?? makeHistories(findings);
  known.set(findings, histories);
  return histories;
}

function makeHistories(findings: Findings): Histories {
  const { period, calendar, services, facts } = findings;
  const rollups = rollupsIn(findings.rollups, calendar.dates);
  const histories = new Map<string, ServiceHistory>();
  for (const { id } of services) {
    const of = facts.get(id);
    const samples = { facts: of, outages: of?.outages ?? [] };
    const history = historyOf(id, period, calendar, rollups, samples);
    if (history) histories.set(id, history);
  }
  return histories;
}
