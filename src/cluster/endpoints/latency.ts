// How fast services answered lately, from the samples: the 95th percentile of their response times. Comes in:
// services; goes out: seconds.

import type { Labels } from '../../model/labels.js';
import type { Clock, Millis } from '../../model/time.js';

/** Runs an instant query. @throws when there is no answer */
export type InstantQuery = (
  query: string,
  at: Millis,
) => Promise<{ readonly samples: readonly { readonly labels: Labels; readonly value: number }[] }>;

/** What "lately" is: long enough for ten checks of a service that is checked once a minute. */
const WINDOW = '10m';
/** A percentile of ten minutes is the same five seconds later. */
const CACHE_TTL: Millis = 5000;
/** A choice does not wait longer; the order of the configuration is as good an answer. */
const QUERY_TIMEOUT: Millis = 1000;

/** What is known of services' response times. */
export interface Percentiles {
  /** Seconds by service; one that answered nothing lately is not in it. */
  readonly p95: ReadonlyMap<string, number>;
  /** Why nothing is known. */
  readonly problem?: string;
}

/** Asks an engine, seldom. */
export class Latency {
  readonly #ask: InstantQuery;
  readonly #clock: Clock;
  readonly #timeout: Millis;
  readonly #known = new Map<string, { readonly until: Millis; readonly answer: Promise<Percentiles> }>();

  /** @param timeout how long an answer is waited for */
  constructor(ask: InstantQuery, clock: Clock, timeout: Millis = QUERY_TIMEOUT) {
    this.#ask = ask;
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** The services' 95th percentiles; never throws and never waits long. */
  of(services: readonly string[]): Promise<Percentiles> {
    const query = percentileQuery(services);
    const now = this.#clock.elapsed();
    for (const [each, { until }] of this.#known) if (until <= now) this.#known.delete(each);
    const known = this.#known.get(query);
    if (known) return known.answer;
    const answer = within(this.#timeout, this.#find(query));
    this.#known.set(query, { until: now + CACHE_TTL, answer });
    return answer;
  }

  async #find(query: string): Promise<Percentiles> {
    try {
      const { samples } = await this.#ask(query, Math.floor(this.#clock.now()));
      const finite = samples.filter(({ value }) => Number.isFinite(value));
      return { p95: new Map(finite.map(({ labels, value }) => [labels.get('target'), value])) };
    } catch (error) {
      return { p95: new Map(), problem: (error as Error).message };
    }
  }
}

/** The question, which Prometheus answers too. */
export function percentileQuery(services: readonly string[]): string {
  // Twice: once for the pattern, once for the text it stands in.
  const pattern = services.map(id => id.replace(/[^A-Za-z0-9_]/g, '\\\\$&')).join('|');
  const buckets = `langgraph_monitor_response_time_seconds_bucket{target=~"${pattern}"}`;
  return `histogram_quantile(0.95, sum by (target, le) (rate(${buckets}[${WINDOW}])))`;
}

async function within(span: Millis, answer: Promise<Percentiles>): Promise<Percentiles> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Percentiles>(resolve => {
    timer = setTimeout(() => resolve({ p95: new Map(), problem: `no answer within ${span} ms` }), span);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
