// Days and outages of every service in a period, of samples and of roll-ups. Comes in: findings; goes out: histories.

import type { Findings } from './analyst.js';
import { outagesOf } from './outages.js';
import { downIn, historyOf, rollupsIn, type ServiceHistory } from './rollup.js';

type Histories = ReadonlyMap<string, ServiceHistory>;

/** Several parts of one report want them. */
const known = new WeakMap<Findings, Promise<Histories>>();

/** Of each service that the monitor looked at, by id; made once for each findings. @throws QueryError */
export function historiesOf(findings: Findings): Promise<Histories> {
  const histories = known.get(findings) ?? makeHistories(findings);
  known.set(findings, histories);
  return histories;
}

async function makeHistories(findings: Findings): Promise<Histories> {
  const { engine, period, calendar, services, facts } = findings;
  const rollups = rollupsIn(findings.rollups, calendar.dates);
  const ids = new Set(services.map(({ id }) => id));
  const shown = new Map([...facts].filter(([id]) => ids.has(id)));
  const outages = await outagesOf(engine, period, downIn(shown));
  const histories = new Map<string, ServiceHistory>();
  for (const id of ids) {
    const samples = { facts: shown.get(id), outages: outages.get(id) ?? [] };
    const history = historyOf(id, period, calendar, rollups, samples);
    if (history) histories.set(id, history);
  }
  return histories;
}
