// The document's use case "Historical Analysis and Capacity Planning": what was, what each service needs, and what is to
// come, with bounds. What cannot be known is null, with the reason beside it.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { type Advice, adviceOf } from '../advice.js';
import type { Findings, Report } from '../analyst.js';
import { type Hours, type Period, windowOf } from '../asking.js';
import { type Evidence, evidence, evidenceOf } from '../evidence.js';
import type { ServiceFacts } from '../facts.js';
import { type Growth, growthOf } from '../growth.js';
import { peakSessions } from '../loads.js';
import * as measures from '../measures.js';
import { recommendationsOf } from '../recommendations.js';
import { mean } from '../statistics/robust.js';
import { percent, rounded, seconds } from '../words.js';

export interface CapacityReport {
  readonly period: string;
  readonly summary: Summary;
  readonly service_analysis: Readonly<Record<string, ServiceCapacity>>;
  readonly growth_projections: Growth;
  /** What helps most first; empty where there is nothing to do. */
  readonly recommendations: readonly Advice[];
}

interface Summary {
  readonly total_uptime: string | null;
  readonly avg_response_time: string | null;
  readonly total_requests: number | null;
  readonly peak_concurrent_users: number | null;
  readonly uptime_ratio: number | null;
  readonly avg_response_time_seconds: number | null;
  /** Share of the period that the monitor looked, over all services. */
  readonly coverage: number;
  /** Why a figure is null, by its key. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly evidence: readonly Evidence[];
}

interface ServiceCapacity {
  readonly name: string;
  readonly uptime: string | null;
  readonly uptime_ratio: number | null;
  readonly timeout_rate: string | null;
  readonly timeout_ratio: number | null;
  readonly avg_cpu: string | null;
  readonly peak_cpu: string | null;
  readonly avg_memory: string | null;
  readonly peak_memory: string | null;
  readonly recommendation: string;
  readonly reasons: Readonly<Record<string, string>>;
  readonly evidence: readonly Evidence[];
}

const REQUESTS = (window: string) => `sum(increase(haproxy_frontend_http_requests_total[${window}]))`;
const HOUR: Millis = 3_600_000;
const NO_HAPROXY = 'no HAProxy is monitored, or it has no frontend';

export const capacityReport: Report<CapacityReport> = {
  name: 'capacity report',
  async make(findings) {
    const { period } = findings;
    const summary = summaryOf(findings);
    const services = await servicesOf(findings);
    const growth = await growthOf(findings);
    const recommendations = await adviceOf(findings);
    const day = (at: Millis) => isoLocal(at).slice(0, 10);
    return {
      period: `${day(period.from)} to ${day(period.to)}`,
      summary,
      service_analysis: services,
      growth_projections: growth,
      recommendations,
    };
  },
};

function summaryOf({ cluster, period, facts }: Findings): Summary {
  const all = [...facts.values()];
  const sum = (of: (each: ServiceFacts) => number) => all.reduce((total, each) => total + of(each), 0);
  const seen = sum(each => each.seenSeconds);
  const uptime = seen > 0 ? 1 - sum(each => each.downSeconds) / seen : Number.NaN;
  const answered = all.filter(each => Number.isFinite(each.meanTime));
  const time = mean(answered.map(each => each.meanTime));
  const window = windowOf(period);
  const requests = requestsIn(cluster.get('requests'), period);
  const peak = mostOf(cluster.get('peak_sessions'));
  const reasons: Record<string, string> = {};
  if (Number.isNaN(uptime)) reasons.total_uptime = 'no samples in the period';
  if (Number.isNaN(time)) reasons.avg_response_time = 'no answered checks in the period';
  if (Number.isNaN(requests)) reasons.total_requests = NO_HAPROXY;
  if (Number.isNaN(peak)) reasons.peak_concurrent_users = NO_HAPROXY;
  return {
    total_uptime: Number.isNaN(uptime) ? null : percent(uptime),
    avg_response_time: Number.isNaN(time) ? null : seconds(time),
    total_requests: Number.isNaN(requests) ? null : Math.round(requests),
    peak_concurrent_users: Number.isNaN(peak) ? null : Math.round(peak),
    uptime_ratio: rounded(uptime, 6),
    avg_response_time_seconds: rounded(time),
    coverage: rounded(mean(all.map(each => each.coverage))) ?? 0,
    reasons,
    evidence: [
      evidence('total_requests', REQUESTS(window), requests, period),
      evidence('peak_concurrent_users', peakSessions(window), peak, period),
    ],
  };
}

/** Of requests an hour; the last hour may not be over. */
function requestsIn(hours: Hours | undefined, { from, to }: Period): number {
  if (!hours?.some(Number.isFinite)) return Number.NaN;
  return hours.reduce((sum, value, hour) => {
    const part = Math.min(1, (to - from) / HOUR - hour);
    return sum + (Number.isFinite(value) ? value * part : 0);
  }, 0);
}

const mostOf = (hours: Hours = new Float64Array(0)): number => {
  const known = hours.filter(Number.isFinite);
  return known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : Number.NaN;
};

async function servicesOf(findings: Findings): Promise<Record<string, ServiceCapacity>> {
  const { services, facts, directions, period } = findings;
  const pieces = new TimeSlicer();
  const found: Record<string, ServiceCapacity> = {};
  for (const { id, name } of services) {
    if (pieces.isLong) await pieces.yieldIfDue();
    const [ofService, direction] = [facts.get(id), directions.get(id)];
    const resources = {
      avg_cpu: share(ofService?.load.avg_cpu),
      peak_cpu: share(ofService?.load.peak_cpu),
      avg_memory: share(ofService?.load.avg_memory),
      peak_memory: share(ofService?.load.peak_memory),
    };
    const reasons: Record<string, string> = {};
    for (const key of ['cpu', 'memory'] as const)
      if (resources[`avg_${key}`] === null)
        reasons[key] = `its answers hold no ${key}_percent or ${key}_usage`;
    if (!ofService || !direction) reasons.uptime = 'no samples of it in the period';
    found[id] = {
      name,
      uptime: ofService && Number.isFinite(ofService.availability) ? percent(ofService.availability) : null,
      uptime_ratio: rounded(ofService?.availability ?? Number.NaN, 6),
      timeout_rate:
        ofService && Number.isFinite(ofService.timeoutRate) ? percent(ofService.timeoutRate) : null,
      timeout_ratio: rounded(ofService?.timeoutRate ?? Number.NaN),
      ...resources,
      recommendation:
        (ofService && direction && recommendationsOf(ofService, direction, period)[0]?.text) ??
        'Too little data',
      reasons,
      evidence: ofService ? evidenceOfService(id, ofService, period) : [],
    };
  }
  return found;
}

function evidenceOfService(
  id: string,
  { availability, timeoutRate }: ServiceFacts,
  period: Period,
): Evidence[] {
  return [
    evidenceOf('uptime', measures.availability, id, availability, period),
    evidenceOf('timeout_rate', measures.timeoutShare, id, timeoutRate, period),
  ];
}

/** A body says 65 or 0.65 of the same load. */
function share(value: number | undefined): string | null {
  if (value === undefined || !(value >= 0)) return null;
  return percent(Math.min(1, value > 1 ? value / 100 : value));
}
