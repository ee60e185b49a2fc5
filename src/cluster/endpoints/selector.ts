// Which of several services that can do the same is to be called. Comes in: the configuration's candidates, the cluster state
// and how fast services were lately; goes out: one URL, and why this one.

import type { Status } from '../../model/result.js';
import type { ClusterState } from '../state.js';
import { MEASURES, type Measured, type MeasureName, type Measures } from './measures.js';
import { type Candidate, type EndpointCandidates, NO_ENDPOINTS } from './plan.js';

/** How healthy candidates are ranked: in the configuration's order, or the fastest first by a measure. */
export const PREFERENCES = ['order', 'latency', 'first_token', 'tokens_per_second'] as const;
type Preference = (typeof PREFERENCES)[number];

/** A candidate as it is right now. */
interface RankedCandidate extends Candidate {
  /** As `/cluster_health` shows it. */
  readonly status: Status;
  /** Seconds within which 95 % of its latest checks were answered; only where that was asked for and is known. */
  readonly p95?: number | undefined;
  /** Seconds to the first token lately; only where that was asked for and is known. */
  readonly first_token?: number | undefined;
  /** Lately; only where that was asked for and is known. */
  readonly tokens_per_second?: number | undefined;
}

interface EndpointSelection {
  readonly url: string;
  /** Undefined when it is the fallback. */
  readonly service: string | undefined;
  readonly reason: string;
  /** All of them, the most preferred first. */
  readonly candidates: readonly RankedCandidate[];
  readonly fallback: string | undefined;
  /** What kept the figures from being asked for, when they were wanted. */
  readonly problem: string | undefined;
}

/** Which candidates are selected when none is healthy and there is no fallback: slow ones first, then unknown ones. */
const FALLBACK_ORDER: readonly Status[] = ['degraded', 'unknown'];

/** Selects the endpoint for a capability. */
export class EndpointSelector {
  readonly #cluster: ClusterState;
  readonly #measures: Measures;
  #plan: EndpointCandidates = NO_ENDPOINTS;

  constructor(cluster: ClusterState, measures: Measures) {
    this.#cluster = cluster;
    this.#measures = measures;
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
    const measure = prefer === 'order' ? undefined : prefer;
    const services = candidates.map(each => each.service);
    const measured = measure && (await this.#measures.of(measure, services));
    const ranked = this.#ranked(candidates, measure, measured);
    const fallback = this.#plan.fallback.get(capability);
    return { ...pick(ranked, fallback, measure), candidates: ranked, fallback, problem: measured?.problem };
  }

  #ranked(
    candidates: readonly Candidate[],
    measure: MeasureName | undefined,
    measured: Measured | undefined,
  ): RankedCandidate[] {
    const figureOf = ({ service }: Candidate) => measured?.figures.get(service);
    const all = candidates.map(each => ({
      ...each,
      status: this.#cluster.result(each.service)?.status ?? ('unknown' as const),
      ...(measure && { [MEASURES[measure].field]: figureOf(each) }),
    }));
    if (!measure) return all;
    // A candidate without recent figures is not known to be fast. Sorting keeps the order of equals.
    const { isRate } = MEASURES[measure];
    const rank = (each: Candidate) => {
      const figure = figureOf(each);
      return figure === undefined ? Number.POSITIVE_INFINITY : isRate ? -figure : figure;
    };
    return all.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  }
}

function pick(
  ranked: readonly RankedCandidate[],
  fallback: string | undefined,
  measure: MeasureName | undefined,
): Pick<EndpointSelection, 'url' | 'service' | 'reason'> {
  const healthy = ranked.find(({ status }) => status === 'healthy');
  if (healthy) return { url: healthy.url, service: healthy.service, reason: whyHealthy(healthy, measure) };
  const problem = `no endpoint is healthy (${ranked.map(({ service, status }) => `${service}: ${status}`).join(', ')})`;
  if (fallback !== undefined)
    return { url: fallback, service: undefined, reason: `${problem}; the fallback` };
  const best =
    FALLBACK_ORDER.map(status => ranked.find(each => each.status === status)).find(each => each) ??
    (ranked[0] as RankedCandidate);
  return { url: best.url, service: best.service, reason: `${problem} and there is no fallback` };
}

function whyHealthy(candidate: RankedCandidate, measure: MeasureName | undefined): string {
  const words = `${candidate.service} is healthy`;
  const figure = measure && candidate[MEASURES[measure].field];
  if (!measure || figure === undefined) return words;
  return `${words} and ${MEASURES[measure].words(String(Number(figure.toPrecision(3))))}`;
}
