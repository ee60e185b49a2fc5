// Scrapes targets in a thread of its own, which is there once there is a target. Comes in: pools; goes out: scrapes,
// how targets are, and what they say about their metric families.

import { hostname } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { SupervisedWorker } from '../concurrency/supervised-worker.js';
import { serializeSecrets } from '../config/secret-transfer.js';
import type { AppendResult } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { ScrapedTarget, ScrapeEvent, ScrapeRequest, ScrapeThreadOptions } from './protocol.js';
import type { StreamMetadata } from './scrape-pools.js';
import type { TargetMetadata, TargetStatus } from './status.js';
import { streamOf } from './stream.js';
import type { ScrapePool, ScrapeTarget } from './target.js';
import type { ScrapeOutcome } from './target-scraper.js';

/** JavaScript's heap in the thread, in MiB; pages and samples are beside it. */
const HEAP_LIMIT = 1024;
const FIRST_BACKOFF: Millis = 1000;
/** Metadata of all targets together; a thread that dies meanwhile sends none. */
const METADATA_TIMEOUT: Millis = 10_000;

export interface ScraperOptions {
  /** Has the store take the scrapes that come through a port, until another one is connected. */
  readonly connect: (port: MessagePort) => void;
  /** A target was scraped. @param result what became of the samples; undefined when they were lost */
  readonly onScraped?: (outcome: ScrapeOutcome, result: AppendResult | undefined) => void;
  readonly log: (level: 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
  /** What the thread runs: the compiled thread.js unless a test names another. */
  readonly threadFile?: URL | undefined;
  /** How often the thread is pinged. */
  readonly pingEvery?: Millis | undefined;
}

type Thread = SupervisedWorker<ScrapeThreadOptions, ScrapeRequest, ScrapeEvent>;

interface KnownTarget {
  readonly pool: string;
  readonly target: ScrapeTarget;
}

/** Scrapes targets. The caller must close it. */
export class Scraper {
  readonly #options: ScraperOptions;
  #thread: Thread | undefined;
  #pools: readonly ScrapePool[] = [];
  #targets: ReadonlyMap<string, KnownTarget> = new Map();
  readonly #last = new Map<string, ScrapedTarget>();
  readonly #waiting = new Map<number, (metadata: readonly StreamMetadata[]) => void>();
  #lastId = 0;
  #isClosed = false;

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** Scrapes these pools and no others. */
  setPools(pools: readonly ScrapePool[]): void {
    if (this.#isClosed) return;
    this.#pools = pools;
    this.#targets = new Map(
      pools.flatMap(({ name, targets }) =>
        targets.map(target => [streamOf(name, target), { pool: name, target }] as const),
      ),
    );
    for (const stream of this.#last.keys()) if (!this.#targets.has(stream)) this.#last.delete(stream);
    if (this.#targets.size > 0 && !this.#thread) {
      this.#thread = this.#startThread();
      this.reconnect();
    }
    this.#sendPools();
  }

  /** The store is another one, which knows nothing: the next scrape of each target has all of its series. */
  reconnect(): void {
    const thread = this.#thread;
    if (!thread || this.#isClosed) return;
    const { port1, port2 } = new MessageChannel();
    this.#options.connect(port1);
    thread.post({ type: 'store', port: port2 }, [port2]);
  }

  /** All targets in the order of their pools. */
  targets(): TargetStatus[] {
    return [...this.#targets].map(([stream, { pool, target }]) => {
      const last = this.#last.get(stream)?.last;
      const health = last ? (last.error === '' ? 'up' : 'down') : 'unknown';
      return {
        ...target,
        pool,
        health,
        lastScrape: last?.at,
        lastDuration: last?.duration ?? 0,
        lastError: last?.error ?? '',
      };
    });
  }

  /** What targets say about their metric families, in the order of {@link targets}; empty while the thread is down. */
  async metadata(): Promise<TargetMetadata[]> {
    const all = new Map((await this.#metadata()).map(({ stream, metadata }) => [stream, metadata]));
    return [...this.#targets].flatMap(([stream, { target }]) =>
      (all.get(stream) ?? []).map(metadata => ({ ...metadata, target })),
    );
  }

  /** Ends the thread. Scrapes that are under way are lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#answerAll();
    await this.#thread?.close();
  }

  #startThread(): Thread {
    const { threadFile: file = new URL('./thread.js', import.meta.url), pingEvery } = this.#options;
    const data = { seed: hostname() };
    return new SupervisedWorker({
      ...{
        name: 'scrapes',
        file,
        data: () => data,
        firstBackoff: FIRST_BACKOFF,
        heapLimit: HEAP_LIMIT,
        pingEvery,
      },
      onEvent: event => this.#receive(event),
      onDown: (reason, wait) => this.#onDown(reason, wait),
    });
  }

  #sendPools(): void {
    const pools = this.#pools.map(pool => ({
      ...pool,
      options: { ...pool.options, http: serializeSecrets(pool.options.http) },
    }));
    this.#thread?.post({ type: 'pools', pools });
  }

  #receive(event: ScrapeEvent): void {
    if (event.type === 'metadata') this.#answer(event.id, event.metadata);
    else
      for (const scraped of event.targets) {
        this.#options.onScraped?.(scraped.last, scraped.result);
        if (this.#targets.has(scraped.stream)) this.#last.set(scraped.stream, scraped);
      }
  }

  #onDown(reason: string, wait: Millis): void {
    this.#options.log('error', 'The thread that scrapes died; it is started again', {
      err: reason,
      in: `${wait / 1000}s`,
    });
    this.#answerAll();
    this.reconnect();
    this.#sendPools();
  }

  #metadata(): Promise<readonly StreamMetadata[]> {
    const thread = this.#thread;
    if (!thread || this.#isClosed || thread.startsIn !== undefined) return Promise.resolve([]);
    const id = ++this.#lastId;
    return new Promise(resolve => {
      this.#waiting.set(id, resolve);
      setTimeout(() => this.#answer(id, []), METADATA_TIMEOUT).unref();
      thread.post({ type: 'metadata', id });
    });
  }

  #answer(id: number, metadata: readonly StreamMetadata[]): void {
    this.#waiting.get(id)?.(metadata);
    this.#waiting.delete(id);
  }

  #answerAll(): void {
    for (const id of [...this.#waiting.keys()]) this.#answer(id, []);
  }
}
