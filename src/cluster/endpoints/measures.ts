// How fast services were lately, from the samples, by what a caller prefers: response times, first tokens, tokens per second.
// Comes in: services; goes out: a figure for each.

import type { Labels } from '../../model/labels.js';
import type { Clock, Millis } from '../../model/time.js';

/** Runs an instant query. @throws when there is no answer */
export type InstantQuery = (
  query: string,
  at: Millis,
) => Promise<{ readonly samples: readonly { readonly labels: Labels; readonly value: number }[] }>;

/** A percentile of ten minutes is the same five seconds later. */
const CACHE_TTL: Millis = 5000;
/** A choice does not wait longer; the order of the configuration is as good an answer. */
const QUERY_TIMEOUT: Millis = 1000;

/** What services can be preferred by, beside the configuration's order. */
export type MeasureName = 'latency' | 'first_token' | 'tokens_per_second';

/** A figure by which services are compared. */
export interface Measure {
  /** The field of a candidate. */
  readonly field: 'p95' | 'first_token' | 'tokens_per_second';
  /** Whether more is better. */
  readonly isRate: boolean;
  /** What a figure says of a service, behind "X is healthy". */
  words(figure: string): string;
  /** The question, which Prometheus answers too: a sample for each target. @param pattern of the services' ids */
  query(pattern: string): string;
}

/** A model that did not answer when it was asked last is as fast as none. */
const ANSWERED = 'unless on (job, instance, target, model) llm_probe_success{test="generate"} == 0';

export const MEASURES: Readonly<Record<MeasureName, Measure>> = {
  latency: {
    field: 'p95',
    isRate: false,
    words: figure => `answers within ${figure} s (95 %)`,
    // Ten minutes are enough for ten checks of a service that is checked once a minute.
    query: pattern => {
      const buckets = `langgraph_monitor_response_time_seconds_bucket{target=~"${pattern}"}`;
      return `histogram_quantile(0.95, sum by (target, le) (rate(${buckets}[10m])))`;
    },
  },
  // Half an hour is some six questions. Of several models the fastest counts.
  first_token: {
    field: 'first_token',
    isRate: false,
    words: figure => `gives its first token after ${figure} s`,
    query: pattern =>
      `min by (target) (avg_over_time(llm_probe_first_token_seconds{target=~"${pattern}"}[30m]) ${ANSWERED})`,
  },
  tokens_per_second: {
    field: 'tokens_per_second',
    isRate: true,
    words: figure => `gives ${figure} tokens per second`,
    query: pattern =>
      `max by (target) (avg_over_time(llm_probe_tokens_per_second{target=~"${pattern}"}[30m]) ${ANSWERED})`,
  },
};

/** What is known of services. */
export interface Measured {
  /** By service; one that is not known lately is not in it. */
  readonly figures: ReadonlyMap<string, number>;
  /** Why nothing is known. */
  readonly problem?: string;
}

/** Asks an engine, seldom. */
export class Measures {
  readonly #ask: InstantQuery;
  readonly #clock: Clock;
  readonly #timeout: Millis;
  readonly #known = new Map<string, { readonly until: Millis; readonly answer: Promise<Measured> }>();

  /** @param timeout how long an answer is waited for */
  constructor(ask: InstantQuery, clock: Clock, timeout: Millis = QUERY_TIMEOUT) {
    this.#ask = ask;
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** The services' figures; never throws and never waits long. */
  of(name: MeasureName, services: readonly string[]): Promise<Measured> {
    const query = measureQuery(name, services);
    const now = this.#clock.elapsed();
    for (const [each, { until }] of this.#known) if (until <= now) this.#known.delete(each);
    const known = this.#known.get(query);
    if (known) return known.answer;
    const answer = within(this.#timeout, this.#find(query));
    this.#known.set(query, { until: now + CACHE_TTL, answer });
    return answer;
  }

  async #find(query: string): Promise<Measured> {
    try {
      const { samples } = await this.#ask(query, Math.floor(this.#clock.now()));
      const finite = samples.filter(({ value }) => Number.isFinite(value));
      return { figures: new Map(finite.map(({ labels, value }) => [labels.get('target'), value])) };
    } catch (error) {
      return { figures: new Map(), problem: (error as Error).message };
    }
  }
}

/** The question after services, which Prometheus answers too. */
export function measureQuery(name: MeasureName, services: readonly string[]): string {
  // Twice: once for the pattern, once for the text it stands in.
  return MEASURES[name].query(services.map(id => id.replace(/[^A-Za-z0-9_]/g, '\\\\$&')).join('|'));
}

async function within(span: Millis, answer: Promise<Measured>): Promise<Measured> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Measured>(resolve => {
    timer = setTimeout(() => resolve({ figures: new Map(), problem: `no answer within ${span} ms` }), span);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
