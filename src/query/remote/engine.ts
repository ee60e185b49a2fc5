// Runs queries on a remote server: Prometheus, VictoriaMetrics, any server with Prometheus' HTTP API at
// `query.url`. Comes in: questions; goes out: their answers, as they were sent. Made by monitor.ts.

import type { HttpClientConfig } from '../../config/http-client/config.js';
import type { Millis } from '../../model/time.js';
import {
  type ApiAnswer,
  type ApiQuery,
  type InstantAnswer,
  type InternalQueryOptions,
  type QueryEngine,
  QueryError,
  type QueryOptions,
  type RangeAnswer,
  type Sample,
} from '../engine.js';
import { alertsOf, type RemoteAlert } from './alerts.js';
import { ApiClient, type WholeAnswer } from './client.js';
import { type ApiRequest, requestOf } from './request.js';
import { samplesOf, seriesOf } from './values.js';

/** Whose API it is and how it is called. */
export interface RemoteOptions extends HttpClientConfig {
  /** Where its `/api/v1` is, without a slash at the end and without credentials. */
  readonly url: string;
  /** How long an answer may take. */
  readonly timeout: Millis;
}

/** The engine over an HTTP API. */
export class RemoteEngine implements QueryEngine {
  readonly #client: ApiClient;
  readonly #timeout: Millis;

  /** @throws the file system's error when a file of `tls_config` cannot be read */
  constructor(options: RemoteOptions) {
    this.#client = new ApiClient(options);
    this.#timeout = options.timeout;
  }

  async answer(query: ApiQuery, options: QueryOptions = {}): Promise<WholeAnswer> {
    if (query.type === 'federate')
      throw new QueryError(
        'unavailable',
        'the samples are in the Prometheus of query.url; ask its /federate',
      );
    const timeout = Math.min(options.timeout ?? this.#timeout, this.#timeout);
    return this.#client.call(requestOf(query, timeout), timeout, options.signal);
  }

  async instant(query: string, at: Millis, options: InternalQueryOptions = {}): Promise<InstantAnswer> {
    const answer = await this.#ask(query, at, options);
    return { ...(await this.#read(answer, samplesOf, 'samples')), ...remarks(answer) };
  }

  /** Samples as they are stored. @param selector of a range: `name[30s]` */
  async stored(selector: string, at: Millis, options: InternalQueryOptions = {}): Promise<RangeAnswer> {
    const answer = await this.#ask(selector, at, options);
    return { ...(await this.#read(answer, seriesOf, 'series')), ...remarks(answer) };
  }

  #ask(query: string, at: Millis, { timeout: wanted }: InternalQueryOptions): Promise<WholeAnswer> {
    const request = (timeout: Millis) => {
      const made = requestOf({ type: 'query', query, time: at }, timeout);
      // VictoriaMetrics leaves the last 30 s out without it; others do not know it.
      made.parameters.append('nocache', '1');
      return made;
    };
    return this.#callWithin(request, wanted);
  }

  async range(query: string, range: { from: Millis; to: Millis; step: Millis }): Promise<RangeAnswer> {
    const { from: start, to: end, step } = range;
    const answer = await this.answer({ type: 'query_range', query, start, end, step });
    return { ...(await this.#read(answer, seriesOf, 'series')), ...remarks(answer) };
  }

  async rules(parameters: URLSearchParams): Promise<WholeAnswer> {
    return this.#client.call({ method: 'GET', path: 'rules', parameters }, this.#timeout);
  }

  async alerts(options: InternalQueryOptions = {}): Promise<WholeAnswer> {
    const request = { method: 'GET', path: 'alerts', parameters: new URLSearchParams() } as const;
    return this.#callWithin(() => request, options.timeout);
  }

  /** The remote rules' evaluation: the value of the status' series, and its alerts, pending and firing. */
  async evaluation(
    status: string,
    at: Millis,
    options: InternalQueryOptions = {},
  ): Promise<{ status: number | undefined; alerts: RemoteAlert[] }> {
    const [{ samples }, answer] = await Promise.all([
      this.instant(status, at, options),
      this.alerts(options),
    ]);
    return {
      status: statusOf(samples),
      alerts: (await this.#read(answer, alertsOf, 'alerts')).alerts,
    };
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** @param wanted shortens the timeout of the configuration, which errors name otherwise */
  #callWithin(request: (timeout: Millis) => ApiRequest, wanted: Millis | undefined): Promise<WholeAnswer> {
    const isShorter = wanted !== undefined && wanted < this.#timeout;
    const timeout = isShorter ? wanted : this.#timeout;
    return this.#client.call(request(timeout), timeout, undefined, isShorter ? '' : undefined);
  }

  async #read<Name extends string, T>(
    { data }: WholeAnswer,
    read: (result: unknown) => T | undefined | Promise<T | undefined>,
    name: Name,
  ): Promise<Record<Name, T>> {
    const found = await read(JSON.parse(Buffer.from(data).toString('utf8')));
    if (found === undefined)
      throw new QueryError(
        'execution',
        `query.url ${this.#client.address}: the answer is of another type than was asked for`,
      );
    return { [name]: found } as Record<Name, T>;
  }
}

/** The lowest, or that of all monitors together where they share the services. */
function statusOf(samples: readonly Sample[]): number | undefined {
  const together = samples.filter(({ labels }) => labels.get('shard') === 'all');
  const values = (together.length > 0 ? together : samples).map(({ value }) => value);
  return values.length > 0 ? Math.min(...values) : undefined;
}

function remarks({ warnings, infos }: ApiAnswer): Pick<ApiAnswer, 'warnings' | 'infos'> {
  return { warnings, infos };
}
