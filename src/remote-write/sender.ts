// Sends messages to one receiver until it has them, or will never take them. Comes in: a message; goes out: what became of it.
// Source: Prometheus, "Remote-Write specification", storage/remote/client.go.

import { secretsOfHttp } from '../config/http-client/secrets.js';
import { HttpClient, RedirectError } from '../http-client/client.js';
import { explainError } from '../http-client/errors.js';
import type { CallAnswer } from '../http-client/exchange.js';
import { hideCredentials } from '../model/hide-credentials.js';
import { scrub } from '../model/scrub.js';
import type { Millis } from '../model/time.js';
import type { RemoteWriteConfig } from './config/definition.js';

/** Bytes of an answer that are read for its reason, and characters that are shown. */
const MAX_ANSWER = 1024;
const MAX_REASON = 300;
/** A receiver that asks for a longer pause is asked again after this. */
const MAX_RETRY_AFTER: Millis = 3_600_000;
const WRITTEN = 'x-prometheus-remote-write-samples-written';

/** What a receiver made of a request. */
export type Answer =
  | { readonly type: 'taken' }
  /** It will never take it. */
  | { readonly type: 'refused'; readonly reason: string }
  /** It may take it later. @see Retry-After */
  | { readonly type: 'failed'; readonly reason: string; readonly retryAfter: Millis | undefined };

/** A message with samples or metadata. */
export interface Message {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** The receiver says in its answer that it has written samples. */
  readonly isCounted: boolean;
}

/** Sends to one receiver. The caller must close it. */
export class Sender {
  readonly #config: RemoteWriteConfig;
  readonly #url: URL;
  readonly #running = new Set<AbortController>();
  #client: HttpClient | undefined;
  #isClosed = false;

  constructor(config: RemoteWriteConfig) {
    this.#config = config;
    this.#url = new URL(config.url);
  }

  /** Sends a message once. */
  async send(message: Message): Promise<Answer> {
    const running = new AbortController();
    const { timeout } = this.#config;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      running.abort();
    }, timeout);
    this.#running.add(running);
    try {
      return await this.#call(message, running.signal);
    } catch (error) {
      const reason = isLate ? `no answer within ${timeout / 1000} s` : explainError(error);
      if (error instanceof RedirectError) return { type: 'refused', reason: this.#line(reason) };
      return { type: 'failed', reason: this.#line(reason), retryAfter: undefined };
    } finally {
      clearTimeout(timer);
      this.#running.delete(running);
    }
  }

  /** Ends requests that are under way. */
  close(): void {
    this.#isClosed = true;
    for (const running of this.#running) running.abort();
    this.#client?.close();
  }

  async #call({ body, headers, isCounted }: Message, signal: AbortSignal): Promise<Answer> {
    if (this.#isClosed) throw new Error('closed');
    // Made here, so that a certificate that cannot be read fails requests for as long as that is so.
    this.#client ??= new HttpClient(this.#url, this.#config.http);
    let text = '';
    const answer = await this.#client.call(
      { method: 'POST', url: this.#url, headers, body },
      {
        signal,
        sink: () => {
          text = '';
          return chunk => {
            if (text.length < MAX_ANSWER) text += chunk.toString('utf8', 0, MAX_ANSWER);
          };
        },
      },
    );
    return this.#judge(answer, text, isCounted);
  }

  #judge({ status, headers }: CallAnswer, text: string, isCounted: boolean): Answer {
    if (status >= 200 && status < 300) {
      // A receiver of 1.0 alone may answer so, and finds nothing in the message.
      if (!isCounted || Number(headers[WRITTEN] ?? 0) > 0) return { type: 'taken' };
      return {
        type: 'refused',
        reason: `HTTP ${status} without ${WRITTEN}: it has written nothing; set protobuf_message: prometheus.WriteRequest`,
      };
    }
    const first = text.trim().split('\n')[0] as string;
    const reason = this.#line(`HTTP ${status}${first === '' ? '' : `: ${first}`}`);
    const isForLater = status >= 500 || (status === 429 && this.#config.queue.retryOnHttp429);
    if (!isForLater) return { type: 'refused', reason };
    return { type: 'failed', reason, retryAfter: retryAfterOf(headers['retry-after']) };
  }

  #line(text: string): string {
    return hideCredentials(scrub(text, secretsOfHttp(this.#config.http))).slice(0, MAX_REASON);
  }
}

/** Seconds, or a date. Source: RFC 9110, 10.2.3. */
function retryAfterOf(header: string | undefined): Millis | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return wait > 0 ? Math.min(wait, MAX_RETRY_AFTER) : undefined;
}
