// Uptime of each service and of all: how long and how often they were down, against their objective, with maintenance
// counted apart. For operators with a service level agreement.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { Findings, Report } from '../analyst.js';
import { type ByTarget, type Engine, type Period, valuesAt } from '../asking.js';
import type { DayTimes } from '../calendar.js';
import { type Evidence, evidenceOf } from '../evidence.js';
import { inAllDays } from '../facts.js';
import { historiesOf } from '../histories.js';
import * as measures from '../measures.js';
import type { Outage } from '../outages.js';
import type { ServiceHistory } from '../rollup.js';
import { mean } from '../statistics/robust.js';
import { percent, rounded } from '../words.js';

const OBJECTIVE = (targets: measures.Targets) =>
  `max by (target) (last_over_time(${measures.selected('langgraph:availability_objective:ratio', targets)}[1d]))`;
/** Services that one question is about: each has some thousand samples a day. */
const AT_ONCE = 200;
const NO_OBJECTIVE = 'the rule langgraph:availability_objective:ratio gives none';
const NOT_SEEN = 'neither samples nor a roll-up of it in the period';

interface Uptime {
  readonly uptime: string | null;
  readonly uptime_ratio: number | null;
  /** Seconds seen down outside of maintenance. */
  readonly downtime: number;
  /** Seconds of planned maintenance, which counts neither way. */
  readonly maintenance: number;
  /** Share of the period that the monitor looked. */
  readonly coverage: number;
  readonly outage_count: number;
  /** Mean seconds to repair, and between the end of one outage and the next; null without outages. */
  readonly mttr: number | null;
  readonly mtbf: number | null;
}

export interface ServiceUptime extends Uptime {
  readonly name: string;
  readonly critical: boolean;
  readonly objective: number | null;
  /** Share of the error budget of the period that is left; negative: overspent. */
  readonly budget_left: number | null;
  /** Days whose samples are gone, so that only their roll-up is left. */
  readonly rolled_up_days: number;
  readonly reasons: Readonly<Record<string, string>>;
  readonly outages: readonly { readonly from: string; readonly to: string; readonly seconds: number }[];
  readonly evidence: readonly Evidence[];
}

export interface UptimeReport {
  readonly from: string;
  readonly to: string;
  readonly cluster: Uptime;
  readonly services: Readonly<Record<string, ServiceUptime>>;
}

export const uptimeReport: Report<UptimeReport> = {
  name: 'uptime report',
  async make(findings) {
    const { engine, period, services } = findings;
    const objectives = await objectivesOf(engine, services, period.to);
    const histories = historiesOf(findings);
    const pieces = new TimeSlicer();
    const found: Record<string, ServiceUptime> = {};
    for (const service of services) {
      if (pieces.isLong) await pieces.yieldIfDue();
      found[service.id] = ofService(service, findings, objectives, histories);
    }
    return {
      from: isoLocal(period.from),
      to: isoLocal(period.to),
      cluster: inAll([...histories.values()], period),
      services: found,
    };
  },
};

async function objectivesOf(engine: Engine, services: Findings['services'], at: Millis): Promise<ByTarget> {
  const ids = services.map(({ id }) => id);
  const found = new Map<string, number>();
  for (let next = 0; next < ids.length; next += AT_ONCE)
    for (const [id, value] of await valuesAt(engine, OBJECTIVE(ids.slice(next, next + AT_ONCE)), at))
      found.set(id, value);
  return found;
}

function ofService(
  { id, name, critical }: Findings['services'][number],
  { period }: Findings,
  objectives: ByTarget,
  histories: ReadonlyMap<string, ServiceHistory>,
): ServiceUptime {
  const history = histories.get(id);
  const known = history && inAllDays(history.days, period);
  const objective = objectives.get(id);
  const reasons: Record<string, string> = {};
  if (!known) reasons.uptime = NOT_SEEN;
  if (objective === undefined) reasons.objective = NO_OBJECTIVE;
  const outages = history?.outages ?? [];
  const budget = objective === undefined ? Number.NaN : (known?.seenSeconds ?? Number.NaN) * (1 - objective);
  return {
    name,
    critical,
    ...uptime(known, outages),
    objective: objective ?? null,
    budget_left: rounded(budget > 0 ? 1 - (known?.downSeconds ?? 0) / budget : Number.NaN),
    rolled_up_days: history?.rolledUp ?? 0,
    reasons,
    outages: outages.map(({ from, to }) => ({
      from: isoLocal(from),
      to: isoLocal(to),
      seconds: (to - from) / 1000,
    })),
    // Without samples there is nothing to ask again.
    evidence:
      known && history?.rolledUp === 0
        ? [evidenceOf('uptime', measures.availability, id, known.availability, period)]
        : [],
  };
}

/** All services together: their times added up. */
function inAll(histories: readonly ServiceHistory[], period: Period): Uptime {
  const outages = histories.flatMap(each => each.outages);
  if (histories.length === 0) return uptime(undefined, outages);
  const known = inAllDays(
    histories.flatMap(({ days }) => days as DayTimes[]),
    period,
  );
  const coverage = histories.map(({ days }) => inAllDays(days, period).coverage);
  return uptime({ ...known, coverage: mean(coverage) }, outages);
}

type Seen = ReturnType<typeof inAllDays>;

function uptime(known: Seen | undefined, outages: readonly Outage[]): Uptime {
  const count = outages.length;
  const share = known?.availability ?? Number.NaN;
  const down = known?.downSeconds ?? 0;
  return {
    uptime: Number.isFinite(share) ? percent(share) : null,
    uptime_ratio: rounded(share, 6),
    downtime: Math.round(down),
    maintenance: Math.round(known?.maintenanceSeconds ?? 0),
    coverage: rounded(known?.coverage ?? 0) ?? 0,
    outage_count: count,
    mttr: count > 0 ? Math.round(lengthOf(outages) / count / 1000) : null,
    mtbf: count > 0 && known ? Math.round((known.seenSeconds - down) / count) : null,
  };
}

const lengthOf = (outages: readonly Outage[]): Millis =>
  outages.reduce((sum, { from, to }) => sum + to - from, 0);
