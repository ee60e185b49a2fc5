// Alerts to the real Alertmanagers, as Prometheus sends them: to every one, again and again while they fire, and their
// ends for a while. Comes in: alerts the rules want to be sent; goes out: POST /api/v2/alerts. What cannot be sent is not
// kept, because it comes again. Source: Prometheus, notifier/notifier.go.

import type { IncomingAlert } from '../alertmanager/alert-store.js';
import type { HttpClientConfig } from '../config/http-client/config.js';
import { secretsOfHttp } from '../config/http-client/secrets.js';
import { HttpClient, RedirectError } from '../http-client/client.js';
import { explainError } from '../http-client/errors.js';
import { formatDuration } from '../model/duration.js';
import { oneLine, scrub } from '../model/scrub.js';
import { type Clock, MAX_WAIT, type Millis } from '../model/time.js';
import { DnsError } from '../net/error.js';

/** Alerts of one request, as in Prometheus. */
const BATCH = 64;
/** Alerts that may wait for one Alertmanager; of more the oldest go. */
const CAPACITY = 10_000;
/** Characters of an answer that are read; fewer of them are shown, after our secrets are hidden. */
const MAX_ANSWER = 4096;

export interface AlertmanagerAddress extends HttpClientConfig {
  /** Where its `/api/v2` is, without a slash at the end. */
  readonly url: string;
  readonly timeout: Millis;
}

/** Callbacks for the results; metrics have Prometheus' names. */
export interface SenderEvents {
  onSent(alertmanager: string, alerts: number, duration: Millis): void;
  onFailed(alertmanager: string, alerts: number, reason: string): void;
  onDropped(alertmanager: string, alerts: number): void;
}

/** Sends to one Alertmanager, a request at a time. */
class SendLoop {
  readonly address: string;
  readonly #url: URL;
  readonly #config: AlertmanagerAddress;
  readonly #client: HttpClient;
  readonly #clock: Clock;
  readonly #events: SenderEvents;
  readonly #queue: IncomingAlert[] = [];
  readonly #stop = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(config: AlertmanagerAddress, clock: Clock, events: SenderEvents) {
    const base = new URL(config.url);
    this.#url = new URL(`${base.pathname.replace(/\/+$/, '')}/api/v2/alerts`, base);
    this.address = this.#url.href;
    this.#config = config;
    this.#client = new HttpClient(base, config);
    this.#clock = clock;
    this.#events = events;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  send(alerts: readonly IncomingAlert[]): void {
    this.#queue.push(...alerts);
    const dropped = this.#queue.length - CAPACITY;
    if (dropped > 0) {
      this.#queue.splice(0, dropped);
      this.#events.onDropped(this.address, dropped);
    }
    this.#sending ??= this.#run();
  }

  async close(): Promise<void> {
    this.#queue.length = 0;
    this.#stop.abort();
    await this.#sending;
    this.#client.close();
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      const begun = this.#clock.elapsed();
      const problem = await this.#post(batch);
      if (this.#stop.signal.aborted) break;
      if (problem === undefined)
        this.#events.onSent(this.address, batch.length, this.#clock.elapsed() - begun);
      else this.#events.onFailed(this.address, batch.length, problem);
    }
    this.#sending = undefined;
  }

  async #post(batch: readonly IncomingAlert[]): Promise<string | undefined> {
    const { timeout } = this.#config;
    const late = AbortSignal.timeout(Math.min(timeout, MAX_WAIT));
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(batch.map(postable));
    let said = '';
    const sink = () => (chunk: Buffer) => {
      if (said.length < MAX_ANSWER) said += chunk.toString('utf8');
    };
    try {
      const signal = AbortSignal.any([late, this.#stop.signal]);
      const { status } = await this.#client.call(
        { method: 'POST', url: this.#url, headers, body },
        { signal, sink },
      );
      if (status >= 200 && status < 300) return undefined;
      const words = this.#withoutSecrets(said);
      return `answered HTTP ${status}${words === '' ? '' : `: ${words}`}`;
    } catch (error) {
      if (late.aborted && !(error instanceof DnsError))
        return `no answer within ${formatDuration(timeout)} (timeout)`;
      return this.#withoutSecrets(error instanceof RedirectError ? error.message : explainError(error));
    }
  }

  #withoutSecrets(text: string): string {
    return oneLine(scrub(text, secretsOfHttp(this.#config)));
  }
}

function postable({ labels, annotations, startsAt, endsAt, generatorUrl }: IncomingAlert) {
  return {
    labels: labels.toJSON(),
    annotations,
    ...(startsAt === undefined ? {} : { startsAt: new Date(startsAt).toISOString() }),
    ...(endsAt === undefined ? {} : { endsAt: new Date(endsAt).toISOString() }),
    generatorURL: generatorUrl,
  };
}

export class AlertmanagerSender {
  readonly #loops: readonly SendLoop[];

  /** @throws the file system's error when a file of `tls_config` cannot be read */
  constructor(alertmanagers: readonly AlertmanagerAddress[], clock: Clock, events: SenderEvents) {
    this.#loops = alertmanagers.map(config => new SendLoop(config, clock, events));
  }

  /** Where alerts are sent, `http://HOST:PORT/api/v2/alerts`. */
  get addresses(): readonly string[] {
    return this.#loops.map(({ address }) => address);
  }

  /** Alerts that wait, for all Alertmanagers together. */
  get waiting(): number {
    return this.#loops.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  send(alerts: readonly IncomingAlert[]): void {
    if (alerts.length > 0) for (const line of this.#loops) line.send(alerts);
  }

  async close(): Promise<void> {
    await Promise.all(this.#loops.map(line => line.close()));
  }
}
