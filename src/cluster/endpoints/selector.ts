// Which of several services that can do the same is to be called. Comes in: the configuration's candidates, the cluster state
// and the latest response times; goes out: one URL, and why this one.

import type { Status } from '../../model/result.js';
import type { ClusterState } from '../state.js';
import type { Latency, Percentiles } from './latency.js';
import { type Candidate, type EndpointCandidates, NO_ENDPOINTS } from './plan.js';

/** How healthy candidates are ranked: in the configuration's order, or the fastest first. */
export const PREFERENCES = ['order', 'latency'] as const;
type Preference = (typeof PREFERENCES)[number];

/** A candidate as it is right now. */
interface RankedCandidate extends Candidate {
  /** As `/cluster_health` shows it. */
  readonly status: Status;
  /** Seconds within which 95 % of its latest checks were answered; only where that was asked for and is known. */
  readonly p95?: number | undefined;
}

interface EndpointSelection {
  readonly url: string;
  /** Undefined when it is the fallback. */
  readonly service: string | undefined;
  readonly reason: string;
  /** All of them, the most preferred first. */
  readonly candidates: readonly RankedCandidate[];
  readonly fallback: string | undefined;
  /** What kept the response times from being asked, when they were wanted. */
  readonly problem: string | undefined;
}

/** Which candidates are selected when none is healthy and there is no fallback: slow ones first, then unknown ones. */
const FALLBACK_ORDER: readonly Status[] = ['degraded', 'unknown'];

/** Selects the endpoint for a capability. */
export class EndpointSelector {
  readonly #cluster: ClusterState;
  readonly #latency: Latency;
  #plan: EndpointCandidates = NO_ENDPOINTS;

  constructor(cluster: ClusterState, latency: Latency) {
    this.#cluster = cluster;
    this.#latency = latency;
  }

  /** Replaces the candidates. */
  setPlan(plan: EndpointCandidates): void {
    this.#plan = plan;
  }

  /** What can be asked for. */
  get capabilities(): string[] {
    return [...this.#plan.capabilities.keys()];
  }

  /** Healthy first, then preference, the fallback last. Undefined when no candidate has this capability. */
  async select(capability: string, prefer: Preference): Promise<EndpointSelection | undefined> {
    const candidates = this.#plan.capabilities.get(capability);
    if (!candidates) return undefined;
    const percentiles =
      prefer === 'latency' ? await this.#latency.of(candidates.map(each => each.service)) : undefined;
    const ranked = this.#ranked(candidates, percentiles);
    const fallback = this.#plan.fallback.get(capability);
    return { ...pick(ranked, fallback), candidates: ranked, fallback, problem: percentiles?.problem };
  }

  #ranked(candidates: readonly Candidate[], percentiles: Percentiles | undefined): RankedCandidate[] {
    const all = candidates.map(each => ({
      ...each,
      status: this.#cluster.result(each.service)?.status ?? 'unknown',
      p95: percentiles?.p95.get(each.service),
    }));
    // A candidate without recent answers is not known to be fast. Sorting keeps the order of equals.
    const time = ({ p95 = Number.POSITIVE_INFINITY }: RankedCandidate) => p95;
    return percentiles ? all.sort((a, b) => (time(a) === time(b) ? 0 : time(a) - time(b))) : all;
  }
}

function pick(
  ranked: readonly RankedCandidate[],
  fallback: string | undefined,
): Pick<EndpointSelection, 'url' | 'service' | 'reason'> {
  const healthy = ranked.find(({ status }) => status === 'healthy');
  if (healthy) return { url: healthy.url, service: healthy.service, reason: whyHealthy(healthy) };
  const problem = `no endpoint is healthy (${ranked.map(({ service, status }) => `${service}: ${status}`).join(', ')})`;
  if (fallback !== undefined)
    return { url: fallback, service: undefined, reason: `${problem}; the fallback` };
  const best =
    FALLBACK_ORDER.map(status => ranked.find(each => each.status === status)).find(each => each) ??
    (ranked[0] as RankedCandidate);
  return { url: best.url, service: best.service, reason: `${problem} and there is no fallback` };
}

function whyHealthy({ service, p95 }: RankedCandidate): string {
  if (p95 === undefined) return `${service} is healthy`;
  return `${service} is healthy and answers within ${Number(p95.toPrecision(3))} s (95 %)`;
}
