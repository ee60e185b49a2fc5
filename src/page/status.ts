// Which state is worse, and what the cluster's state is in one sentence.

import { hiddenReason } from './hidden.js';
import type { Alerts, ClusterHealth, ServiceEntry, Status } from './state.js';
import { compareNames, count } from './words.js';

/** Worst first. */
export const STATUSES: readonly Status[] = [
  'unhealthy',
  'error',
  'timeout',
  'degraded',
  'unknown',
  'healthy',
];

const SEVERITIES = ['critical', 'error', 'warning', 'info'];

/** 0 is the worst. */
export function statusRank(status: Status): number {
  const rank = STATUSES.indexOf(status);
  return rank < 0 ? STATUSES.indexOf('unknown') : rank;
}

/** 0 is the worst; severities of one's own come after the usual ones. */
export function severityRank(severity: string): number {
  const rank = SEVERITIES.indexOf(severity);
  return rank < 0 ? SEVERITIES.length : rank;
}

/** The cluster's state in the words of the page. */
export interface Summary {
  readonly status: Status;
  /** Why; one sentence without the state's word. */
  readonly why: string;
  /** The monitor's local time; undefined when it is not known. */
  readonly since: string | undefined;
}

type Entry = readonly [id: string, entry: ServiceEntry];

/** What the status line says. */
export function summarize(health: ClusterHealth, { details }: Alerts): Summary {
  const entries = Object.entries(health.services);
  const bad = entries.filter(([, { health }]) => !['healthy', 'unknown'].includes(health.status));
  if (entries.length === 0) return plain('unknown', 'No services are configured.');
  if (entries.every(([, { health }]) => health.status === 'unknown'))
    return plain('unknown', 'The first checks are under way.');
  if (health.overall_status === 'healthy') return healthy(entries, bad, details.length);
  const times = [...bad.map(([, entry]) => entry.health.since), ...details.map(({ timestamp }) => timestamp)];
  const since = first(
    times.filter(time => time !== undefined),
    byText,
  );
  const why =
    bad.length > 0
      ? reasons(bad)
      : (details[0]?.message ?? health.rules ?? hiddenReason(health) ?? 'No reason is known.');
  return { status: health.overall_status, why, since };
}

function plain(status: Status, why: string): Summary {
  return { status, why, since: undefined };
}

/** @param firing alerts there are, all of which leave the cluster healthy */
function healthy(entries: readonly Entry[], bad: readonly Entry[], firing: number): Summary {
  const changes = entries.map(([, entry]) => entry.health.since).filter(time => time !== undefined);
  const since = first(changes, (a, b) => byText(b, a));
  const unknown = entries.filter(([, { health }]) => health.status === 'unknown').length;
  if (bad.length > 0) {
    const isMinor = bad.every(([, { critical }]) => !critical);
    const first = firing === 0 ? 'No alert fires; ' : isMinor ? 'No critical service is affected; ' : '';
    return { status: 'healthy', why: `${first}${reasons(bad)}`, since };
  }
  if (unknown > 0) return { status: 'healthy', why: `${count(unknown, 'service')} not checked yet.`, since };
  const all =
    entries.length === 1 ? 'The service is healthy.' : `All ${entries.length} services are healthy.`;
  return { status: 'healthy', why: all, since };
}

function reasons(bad: readonly Entry[]): string {
  const top = first(bad, worst);
  if (!top) return '';
  const [, { name, health }] = top;
  const error = reasonIn(health.error);
  const others = bad.length === 1 ? '' : ` and ${count(bad.length - 1, 'other service')} not healthy`;
  return `${name} is ${health.status}${error}${others}`;
}

/** What would be the first in order: of a thousand services one look at each, not a sort of them all. */
function first<T>(all: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (best, each) => (best === undefined || compare(each, best) < 0 ? each : best),
    undefined,
  );
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A reason behind a state: in brackets, unless it has some itself. */
function reasonIn(error: string | null | undefined): string {
  if (!error) return '';
  return error.includes('(') ? `: ${error}` : ` (${error})`;
}

/** Critical ones first, then by state, then by name. */
function worst([, a]: Entry, [, b]: Entry): number {
  return (
    Number(b.critical) - Number(a.critical) ||
    statusRank(a.health.status) - statusRank(b.health.status) ||
    compareNames(a.name, b.name)
  );
}
