// Fetches a target's page. Comes in: a target and its job's options; goes out: the page, or why there is none in one line.
// Source: Prometheus, scrape/scrape.go (targetScraper).

import { STATUS_CODES } from 'node:http';
import { secretsOfHttp } from '../config/http-client/secrets.js';
import { HttpClient, RedirectError } from '../http-client/client.js';
import { explainError } from '../http-client/errors.js';
import type { CallAnswer } from '../http-client/exchange.js';
import { scrub } from '../model/scrub.js';
import type { Millis } from '../model/time.js';
import { Body, BodySizeError } from './body.js';
import { acceptHeader, FormatError, isOpenMetrics } from './negotiation.js';
import type { Page } from './page-reader.js';
import type { ScrapeOptions, ScrapeTarget } from './target.js';

/** A connection is used for so long: a name that has moved and a new certificate are noticed. */
const MAX_CONNECTION_AGE: Millis = 300_000;
const MAX_REDIRECTS = 10;

/** A page that was fetched. The caller must release it. */
export interface FetchedPage {
  readonly page: Page;
  release(): void;
}

/** Fetches one target's pages, one at a time. The caller must close it. */
export class TargetClient {
  readonly #url: URL;
  readonly #options: ScrapeOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeout: Millis;
  /** Of the fetch that is under way, and of the next one unless it is used up. */
  #running: AbortController | undefined;
  #isClosed = false;
  /** Of the last page. */
  #length = 0;
  #client: HttpClient | undefined;

  constructor({ url, timeout }: ScrapeTarget, options: ScrapeOptions) {
    this.#url = new URL(url);
    this.#options = options;
    this.#timeout = timeout;
    this.#headers = {
      accept: acceptHeader(options.protocols, options.nameEscaping),
      'accept-encoding': options.enableCompression ? 'gzip' : 'identity',
      'x-prometheus-scrape-timeout-seconds': String(timeout / 1000),
    };
  }

  /** @throws Error with a line for users when there is no page */
  async fetch(): Promise<FetchedPage> {
    this.#running ??= new AbortController();
    const running = this.#running;
    let isLate = false;
    const timeout = setTimeout(() => {
      isLate = true;
      this.#running = undefined;
      running.abort();
    }, this.#timeout);
    const body = new Body(this.#options.limits.bodySize, this.#length);
    try {
      if (this.#isClosed) throw new Error('closed');
      const page = await this.#read(body, running.signal);
      return { page, release: () => body.release() };
    } catch (error) {
      body.release();
      throw new Error(this.#problem(error as Error, isLate));
    } finally {
      clearTimeout(timeout);
    }
  }

  /** A text in which the target may have repeated its request, without the secrets of that. */
  scrubbed(text: string): string {
    return scrub(text, secretsOfHttp(this.#options.http));
  }

  /** Ends a fetch that is under way. */
  close(): void {
    this.#isClosed = true;
    this.#running?.abort();
    this.#client?.close();
  }

  async #read(body: Body, signal: AbortSignal): Promise<Page> {
    // Made here, so that a certificate that cannot be read fails scrapes for as long as that is so.
    this.#client ??= new HttpClient(this.#url, this.#options.http, {
      maxAge: MAX_CONNECTION_AGE,
      maxRedirects: MAX_REDIRECTS,
    });
    const answer = await this.#client.call(
      { method: 'GET', url: this.#url, headers: this.#headers },
      {
        signal,
        isRaw: true,
        onHeaders: ({ status, headers }) => {
          body.isGzip = headers['content-encoding']?.toLowerCase() === 'gzip';
          if (status !== 200 && !isRedirect(status)) throw new StatusError(status);
        },
        sink: () => {
          // Not what a redirect says.
          body.clear();
          return chunk => body.add(chunk);
        },
      },
    );
    if (answer.status !== 200) throw new StatusError(answer.status);
    const bytes = await body.end(signal);
    this.#length = bytes.length;
    return { ...bytes, isOpenMetrics: this.#isOpenMetrics(answer, bytes.length) };
  }

  #isOpenMetrics({ headers }: CallAnswer, length: number): boolean {
    // Of an empty page the format is not looked at.
    return length > 0 && isOpenMetrics(headers['content-type'] ?? '', this.#options.fallbackProtocol);
  }

  #problem(error: Error, isLate: boolean): string {
    if (isLate) return `${this.#request}: context deadline exceeded`;
    if (error instanceof BodySizeError || error instanceof StatusError || error instanceof FormatError)
      return error.message;
    if (error instanceof RedirectError)
      return this.#options.http.follow_redirects
        ? `${this.#request}: ${error.message}`
        : new StatusError(error.status).message;
    return `${this.#request}: ${explainError(error)}`;
  }

  /** As Go begins such a message, without credentials. */
  get #request(): string {
    const shown = new URL(this.#url);
    shown.username = '';
    shown.password = '';
    return `Get "${shown.href}"`;
  }
}

class StatusError extends Error {
  constructor(status: number) {
    super(`server returned HTTP status ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd());
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
