// Days and outages of every service in a period, of samples and of roll-ups. Comes in: findings; goes out: histories.

import type { Findings } from './analyst.js';
import { outagesOf } from './outages.js';
import { downIn, historyOf, rollupsIn, type ServiceHistory } from './rollup.js';

/** Of each service that the monitor looked at, by id. @throws QueryError */
export async function historiesOf(findings: Findings): Promise<ReadonlyMap<string, ServiceHistory>> {
  const { engine, period, calendar, services, facts } = findings;
  const rollups = rollupsIn(findings.rollups, calendar.dates);
  const ids = new Set(services.map(({ id }) => id));
  const known = new Map([...facts].filter(([id]) => ids.has(id)));
  const outages = await outagesOf(engine, period, downIn(known));
  const histories = new Map<string, ServiceHistory>();
  for (const id of ids) {
    const samples = { facts: known.get(id), outages: outages.get(id) ?? [] };
    const history = historyOf(id, period, calendar, rollups, samples);
    if (history) histories.set(id, history);
  }
  return histories;
}
