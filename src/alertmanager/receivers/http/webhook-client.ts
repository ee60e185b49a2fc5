// Posts of notifications. Comes in: a URL, which is a secret, and a body; goes out: the answer, or a DeliveryError.

import type { HttpClientConfig } from '../../../config/http-client/config.js';
import { secretsOfHttp } from '../../../config/http-client/secrets.js';
import { HttpClient, RedirectError } from '../../../http-client/client.js';
import { explainError } from '../../../http-client/errors.js';
import { formatDuration } from '../../../model/duration.js';
import { oneLine, scrub, secretsOfUrl } from '../../../model/scrub.js';
import { MAX_WAIT, type Millis } from '../../../model/time.js';
import { DnsError } from '../../../net/error.js';
import { DeliveryError } from '../receiver.js';
import { isFinal, isTaken, reasonOf, retryAfterOf, type WebhookResponse } from './answer.js';

/** More of an answer than this is read but not kept. */
const MAX_ANSWER = 64 * 1024;
/** A URL made by a template may name many hosts; the connections to the last few are kept. */
const MAX_ORIGINS = 16;

interface WebhookClientOptions {
  /** As messages begin: `slack`. */
  readonly integration: string;
  readonly http: HttpClientConfig;
  /** Of the receiver itself, beside the caller's deadline; 0 is none. */
  readonly timeout?: Millis;
  /** What an answer says is wrong, where the service has a form for that; the body otherwise. */
  readonly explain?: (answer: WebhookResponse) => string | undefined;
  /** A message was taken. @param words one line without secrets */
  readonly onAnswer?: ((status: number, words: string) => void) | undefined;
}

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly contentType?: string;
  /** What else must not be seen. */
  readonly secrets?: readonly string[];
}

/** Posts to wherever a receiver's URL points. Closed by {@link close}. */
export class WebhookClient {
  readonly #settings: WebhookClientOptions;
  readonly #callers = new Map<string, HttpClient>();

  constructor(settings: WebhookClientOptions) {
    this.#settings = settings;
  }

  /**
   * Posts and resolves when the other side has answered 2xx.
   * @throws DeliveryError
   */
  async post(post: Post, signal: AbortSignal): Promise<WebhookResponse> {
    const url = this.#parse(post.url);
    const answer = await this.#call(url, post, signal);
    if (isTaken(answer)) {
      const words = oneLine(this.#scrubbed(post, answer.body));
      this.#settings.onAnswer?.(answer.status, `HTTP ${answer.status}${words === '' ? '' : `: ${words}`}`);
      return answer;
    }
    throw this.refusal(post, answer, {
      said: this.#settings.explain?.(answer) ?? answer.body,
      permanent: isFinal(answer.status),
    });
  }

  /** The error for an answer that is none to be happy with. */
  refusal(
    post: Post,
    answer: WebhookResponse,
    { said, permanent }: { said: string; permanent: boolean },
  ): DeliveryError {
    const { integration } = this.#settings;
    const detail = oneLine(this.#scrubbed(post, said));
    const host = new URL(post.url).host;
    const reason = isTaken(answer) ? 'clientError' : reasonOf(answer.status);
    return new DeliveryError(
      `${integration}: ${host} answered HTTP ${answer.status}${detail === '' ? '' : `: ${detail}`}`,
      {
        permanent,
        reason,
        status: answer.status,
        retryAfter: permanent ? undefined : retryAfterOf(answer, Date.now()),
      },
    );
  }

  close(): void {
    for (const client of this.#callers.values()) client.close();
    this.#callers.clear();
  }

  #parse(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
    throw new DeliveryError(
      `${this.#settings.integration}: its URL is none; it has to begin with https:// or http://`,
      {
        permanent: true,
      },
    );
  }

  async #call(url: URL, post: Post, signal: AbortSignal): Promise<WebhookResponse> {
    const { timeout = 0 } = this.#settings;
    const own = timeout > 0 ? AbortSignal.timeout(Math.min(timeout, MAX_WAIT)) : undefined;
    const chunks: Buffer[] = [];
    try {
      const { status, headers } = await this.#client(url).call(
        {
          method: 'POST',
          url,
          headers: { 'content-type': post.contentType ?? 'application/json' },
          body: post.body,
          isSecret: post.secrets?.some(each => each !== '' && post.body.includes(each)) ?? false,
        },
        { signal: own ? AbortSignal.any([signal, own]) : signal, sink: () => collector(chunks) },
      );
      return { status, headers, body: Buffer.concat(chunks).toString() };
    } catch (error) {
      throw this.#failure(url, post, error, { signal, own });
    }
  }

  #client(url: URL): HttpClient {
    const known = this.#callers.get(url.origin);
    if (known) return known;
    const [oldest] = this.#callers;
    if (oldest && this.#callers.size >= MAX_ORIGINS) {
      oldest[1].close();
      this.#callers.delete(oldest[0]);
    }
    const client = new HttpClient(url, this.#settings.http);
    this.#callers.set(url.origin, client);
    return client;
  }

  #failure(
    url: URL,
    post: Post,
    error: unknown,
    { signal, own }: { signal: AbortSignal; own: AbortSignal | undefined },
  ): DeliveryError {
    const { integration, timeout = 0 } = this.#settings;
    const begin = `${integration}: ${url.host}`;
    if (signal.aborted) return abortError(begin, signal, error);
    if (own?.aborted && !(error instanceof DnsError))
      return new DeliveryError(`${begin} has not answered within the timeout of ${formatDuration(timeout)}`, {
        reason: 'contextDeadlineExceeded',
      });
    const text = oneLine(this.#scrubbed(post, explainError(error)));
    if (error instanceof RedirectError) return new DeliveryError(`${begin} ${text}`, { permanent: true });
    return new DeliveryError(`${begin}: ${text}`);
  }

  #scrubbed(post: Post, text: string): string {
    const { http } = this.#settings;
    return scrub(text, [...secretsOfUrl(post.url), ...(post.secrets ?? []), ...secretsOfHttp(http)]);
  }
}

/** The deadline passed, with what was waited for, or the delivery was called off. */
export function abortError(begin: string, signal: AbortSignal, error: unknown): DeliveryError {
  const isLate = (signal.reason as { name?: string } | undefined)?.name === 'TimeoutError';
  if (!isLate) return new DeliveryError(`${begin}: called off`, { reason: 'contextCanceled' });
  const words = error instanceof DnsError ? `: ${error.message}` : ' has not answered in time';
  return new DeliveryError(begin + words, { reason: 'contextDeadlineExceeded' });
}

function collector(chunks: Buffer[]): (chunk: Buffer) => void {
  chunks.length = 0;
  let size = 0;
  return chunk => {
    if (size < MAX_ANSWER) chunks.push(chunk.subarray(0, MAX_ANSWER - size));
    size += chunk.length;
  };
}
