// Uptime of each service and of all: how long and how often they were down, against their objective, with maintenance
// counted apart. For those who have promised something.

import { isoLocal, type Millis } from '../../model/time.js';
import type { Findings, Report } from '../analyst.js';
import { type ByTarget, valuesAt } from '../asking.js';
import { type Evidence, evidenceOf } from '../evidence.js';
import type { ServiceFacts } from '../facts.js';
import * as measures from '../measures.js';
import { type Outage, outagesOf } from '../outages.js';
import { percent, rounded } from '../words.js';

const OBJECTIVE = 'max by (target) (last_over_time(langgraph:availability_objective:ratio[1d]))';
const NO_OBJECTIVE = 'the rule langgraph:availability_objective:ratio gives none';
const NOT_SEEN = 'no samples of it in the period';

export interface Uptime {
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
    const { engine, period, services, facts } = findings;
    const known = services.map(({ id }) => facts.get(id)).filter(each => each !== undefined);
    const isDown = (hour: number) => known.some(each => (each.down[hour] as number) > 0);
    const [objectives, outages] = await Promise.all([
      valuesAt(engine, OBJECTIVE, period.to),
      outagesOf(engine, period, isDown),
    ]);
    return {
      from: isoLocal(period.from),
      to: isoLocal(period.to),
      cluster: inAll(
        known,
        services.flatMap(({ id }) => outages.get(id) ?? []),
      ),
      services: Object.fromEntries(
        services.map(service => [service.id, ofService(service, findings, objectives, outages)]),
      ),
    };
  },
};

function ofService(
  { id, name, critical }: Findings['services'][number],
  { facts, period }: Findings,
  objectives: ByTarget,
  spans: ReadonlyMap<string, readonly Outage[]>,
): ServiceUptime {
  const known = facts.get(id);
  const objective = objectives.get(id);
  const reasons: Record<string, string> = {};
  if (!known) reasons.uptime = NOT_SEEN;
  if (objective === undefined) reasons.objective = NO_OBJECTIVE;
  const outages = spans.get(id) ?? [];
  const budget = objective === undefined ? Number.NaN : (known?.seenSeconds ?? Number.NaN) * (1 - objective);
  return {
    name,
    critical,
    ...uptime(known, outages),
    objective: objective ?? null,
    budget_left: rounded(budget > 0 ? 1 - (known?.downSeconds ?? 0) / budget : Number.NaN),
    reasons,
    outages: outages.map(({ from, to }) => ({
      from: isoLocal(from),
      to: isoLocal(to),
      seconds: (to - from) / 1000,
    })),
    evidence: known ? [evidenceOf('uptime', measures.availability, id, known.availability, period)] : [],
  };
}

/** All services together: their times added up. */
function inAll(known: readonly ServiceFacts[], outages: readonly Outage[]): Uptime {
  const sum = (of: (each: ServiceFacts) => number) => known.reduce((all, each) => all + of(each), 0);
  const [seenSeconds, downSeconds] = [sum(each => each.seenSeconds), sum(each => each.downSeconds)];
  return uptime(
    known.length === 0
      ? undefined
      : {
          seenSeconds,
          downSeconds,
          availability: seenSeconds > 0 ? 1 - downSeconds / seenSeconds : Number.NaN,
          maintenanceSeconds: sum(each => each.maintenanceSeconds),
          coverage: sum(each => each.coverage) / known.length,
        },
    outages,
  );
}

type Seen = Pick<
  ServiceFacts,
  'availability' | 'coverage' | 'seenSeconds' | 'downSeconds' | 'maintenanceSeconds'
>;

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
