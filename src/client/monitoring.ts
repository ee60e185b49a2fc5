// What a LangGraph application asks the monitor. Comes in: questions; goes out: typed answers, error values where there
// are none. Nothing here knows the server: it is fetch alone, for Node, Deno, Bun and browsers.

import { addressOf } from './address.js';
import {
  type Answer,
  type BestEndpoint,
  type ClusterHealth,
  isAnswer,
  type ServiceEntry,
} from './answers.js';
import type { ClientConfig } from './fetch-json.js';
import { Origins } from './origins.js';
import { MAX_TIMEOUT } from './pause.js';
import { bestEndpointProblem, clusterHealthProblem } from './shape.js';
import { withUnref } from './unref-socket.js';
import { ClusterView } from './view.js';

export type {
  Answer,
  BestEndpoint,
  ClusterHealth,
  EndpointCandidate,
  Failure,
  ServiceEntry,
  ServiceHealth,
} from './answers.js';
export { isAnswer } from './answers.js';
export type { Mode } from './follow.js';
export type { ClusterView } from './view.js';

const URL_OF_MONITOR = 'http://127.0.0.1:8083';
/** Where the shipped configuration has its load balancer. */
const FALLBACK = 'http://127.0.0.1:9000';
/** `max_age` may wait for checks for five seconds. */
const TIMEOUT = 10_000;
const POLL_INTERVAL = 1000;
const MAX_AGE = 30_000;
const HEALTHY_TIMEOUT = 300_000;
const HEALTHY_INTERVAL = 10_000;

/** Where warnings go; `console` is one. */
export interface Log {
  warn(message: string): void;
  error(message: string): void;
}

export interface LangGraphMonitoringOptions {
  /**
   * The monitor's base URL; `http://127.0.0.1:8083` unless said. A user and password in it are sent as basic
   * authentication. Of several monitors with one configuration a list: when one does not answer, the next is asked.
   */
  readonly url?: string | readonly string[];
  /** What {@link LangGraphMonitoring.getBestLlmEndpoint} says when the monitor cannot be reached: the load balancer. */
  readonly fallbackEndpoint?: string;
  /** Sent with every question, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds an answer may take; 10,000 unless said, `Infinity` for any time. */
  readonly timeout?: number;
  readonly fetch?: typeof globalThis.fetch;
  readonly log?: Log;
}

export interface AskOptions {
  /**
   * Check services now instead of using the last results: `true` for all, a number for those whose last check is more
   * milliseconds ago. Takes five seconds at most.
   */
  readonly fresh?: boolean | number;
  /** Calls the question off: the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

export interface WaitOptions {
  /** Milliseconds until it gives up; 300,000 unless said. */
  readonly timeout?: number;
  /** Milliseconds between two questions; 10,000 unless said. A watched cluster is looked at when it changes, too. */
  readonly interval?: number;
  /** Calls the waiting off: the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Called each time the cluster is found degraded, in place of the warning in the log. */
  readonly onDegraded?: (health: ClusterHealth) => void;
}

export interface EndpointOptions {
  /** Among the healthy: the configuration's order, or the one that answered fastest lately. */
  readonly prefer?: BestEndpoint['prefer'];
  /** Calls the question off: the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

export interface WatchOptions {
  /** Milliseconds between two questions where no stream can be had; 1,000 unless said. */
  readonly pollInterval?: number;
  /** Milliseconds without an event after which a view is no longer used for decisions; default 30,000. */
  readonly maxAge?: number;
  /**
   * Stream also where a stream keeps the process alive (Deno, Bun); there the view polls otherwise. In Node and in
   * browsers it always streams.
   */
  readonly mayHoldProcess?: boolean;
}

/** The monitor, as an application sees it. No method throws because the monitor is away. */
export class LangGraphMonitoring {
  readonly log: Log;
  readonly #origins: Origins;
  readonly #fallback: string | undefined;
  #view: ClusterView | undefined;
  /** The last answer about `llm`, in the configuration's order: candidates and fallback hold until a reload. */
  #llm: BestEndpoint | undefined;

  constructor(options: string | readonly string[] | LangGraphMonitoringOptions = {}) {
    const isUrl = (value: typeof options): value is string | readonly string[] =>
      typeof value === 'string' || Array.isArray(value);
    const { url = URL_OF_MONITOR, ...rest } = isUrl(options) ? { url: options } : options;
    this.log = rest.log ?? console;
    this.#fallback = rest.fallbackEndpoint;
    const urls = typeof url === 'string' ? [url] : [...new Set(url)];
    this.#origins = new Origins(
      (urls.length > 0 ? urls : [URL_OF_MONITOR]).map(each => configOf(each, rest)),
    );
  }

  /** What {@link watch} sees, while it is young enough to decide by: no question, no waiting. */
  get current(): ClusterHealth | undefined {
    return this.#view?.current;
  }

  /** Where to turn when nothing else is known: as said, as the monitor last said, or HAProxy's port on this machine. */
  get fallbackEndpoint(): string {
    return this.#fallback ?? this.#llm?.fallback ?? FALLBACK;
  }

  /** The whole cluster: from the view if there is one, else by asking. */
  async checkClusterHealth({ fresh, signal }: AskOptions = {}): Promise<Answer<ClusterHealth>> {
    if (fresh === undefined || fresh === false || (fresh !== true && !Number.isFinite(fresh)))
      return this.current ?? this.#askHealth('', signal);
    const seconds = fresh === true ? 0 : Math.max(0, fresh / 1000);
    return this.#askHealth(`?max_age=${seconds.toFixed(3)}`, signal);
  }

  /** One service of it, by its name in the configuration. */
  async getServiceHealth(name: string, options: AskOptions = {}): Promise<Answer<ServiceEntry>> {
    const { services } = await this.checkClusterHealth(options);
    if (!services) return failure('Unable to get cluster health');
    return Object.hasOwn(services, name)
      ? (services[name] as ServiceEntry & { error?: undefined })
      : failure('Service not found');
  }

  /** Waits until the cluster is healthy. @returns false when it was not in time */
  async waitForHealthyCluster({
    timeout = HEALTHY_TIMEOUT,
    interval = HEALTHY_INTERVAL,
    signal,
    onDegraded = () => this.log.warn('Cluster is degraded, waiting for recovery...'),
  }: WaitOptions = {}): Promise<boolean> {
    const end = performance.now() + numberOr(timeout, HEALTHY_TIMEOUT);
    for (;;) {
      signal?.throwIfAborted();
      const health = await this.checkClusterHealth({ signal });
      if (health.overall_status === 'healthy') return true;
      if (health.overall_status === 'degraded') onDegraded(health);
      else this.log.error(`Cluster unhealthy: ${health.error ?? health.alerts?.join('; ')}`);
      const left = end - performance.now();
      if (left <= 0) return false;
      await this.#change(Math.min(numberOr(interval, HEALTHY_INTERVAL), left, MAX_TIMEOUT), signal);
    }
  }

  /** The base URL of the model server to call: the first healthy one, the load balancer last. */
  async getBestLlmEndpoint({ prefer = 'order', signal }: EndpointOptions = {}): Promise<string> {
    const known = prefer === 'order' ? this.#llmInView() : undefined;
    if (known !== undefined) return known;
    const best = await this.getBestEndpoint('llm', { prefer, signal });
    return isAnswer(best) ? best.endpoint : this.fallbackEndpoint;
  }

  /** Which of several services that can do the same to call, and why; capabilities are those of the configuration. */
  async getBestEndpoint(
    capability: string,
    { prefer = 'order', signal }: EndpointOptions = {},
  ): Promise<Answer<BestEndpoint>> {
    const query = new URLSearchParams({ capability, prefer });
    const path = `/best_endpoint?${query}`;
    const best = await this.#origins.ask<BestEndpoint>(path, bestEndpointProblem, signal);
    if (isAnswer(best) && capability === 'llm' && prefer === 'order') this.#llm = best;
    return best;
  }

  /**
   * Keeps the cluster's health in memory from now on, so that every answer that can come from there does. Once is enough:
   * a second call gives the same view. Close it to end it.
   */
  watch({
    pollInterval = POLL_INTERVAL,
    maxAge = MAX_AGE,
    mayHoldProcess = false,
  }: WatchOptions = {}): ClusterView {
    if (!this.#view || this.#view.mode === 'closed')
      this.#view = new ClusterView({
        origins: this.#origins,
        pollInterval,
        maxAge,
        mayHoldProcess,
        // After every reload of its configuration the monitor makes its clients reconnect.
        onContact: () => void this.#fetchBestLlmEndpoint(),
      });
    return this.#view;
  }

  /** Asks for what {@link getBestLlmEndpoint} needs beside the view. */
  async #fetchBestLlmEndpoint(): Promise<void> {
    const path = '/best_endpoint?capability=llm';
    const best = await this.#origins.ask<BestEndpoint>(path, bestEndpointProblem, undefined, config => ({
      ...config,
      fetch: withUnref(config.fetch),
    }));
    if (isAnswer(best)) this.#llm = best;
  }

  #askHealth(query: string, signal: AbortSignal | undefined): Promise<Answer<ClusterHealth>> {
    return this.#origins.ask<ClusterHealth>(`/cluster_health${query}`, clusterHealthProblem, signal);
  }

  /** As the monitor would choose, by what is in memory; undefined when that does not suffice. */
  #llmInView(): string | undefined {
    const services = this.current?.services;
    if (!services || !this.#llm) return undefined;
    const healthy = this.#llm.candidates.find(each => services[each.service]?.health.status === 'healthy');
    return healthy?.url ?? this.#llm.fallback ?? undefined;
  }

  /** Waits for some time, or for the view to change. */
  #change(span: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        off?.();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, span);
      const off = this.#view?.onChange(done);
      signal?.addEventListener('abort', done);
    });
  }
}

/** How the monitor at a URL is reached. */
function configOf(url: string, { headers, timeout, fetch }: LangGraphMonitoringOptions): ClientConfig {
  const address = addressOf(url);
  return {
    url: address.url,
    problem: address.problem,
    headers: { ...(hasHeader(headers, 'authorization') ? {} : address.headers), ...headers },
    timeout: numberOr(timeout, TIMEOUT),
    // Looked up when it is called: others may replace it, and browsers insist on whose it is.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** NaN is what a setting becomes that was no number. */
function numberOr(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}

function hasHeader(headers: Readonly<Record<string, string>> | undefined, wanted: string): boolean {
  return Object.keys(headers ?? {}).some(name => name.toLowerCase() === wanted);
}

function failure<T>(error: string): Answer<T> {
  return { error } as Answer<T>;
}
