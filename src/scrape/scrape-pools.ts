// All targets. Comes in: the pools that there are now; goes out: the scrapes of their targets. What has not changed goes on
// undisturbed. Source: Prometheus, scrape/scrape.go (scrapePool.sync, reload, endOfRunStaleness).

import { serializeSecrets } from '../config/secret-transfer.js';
import type { AppendResult, StreamScrape } from '../model/scrape.js';
import { type Clock, MAX_WAIT, type Millis } from '../model/time.js';
import type { Metadata } from './metadata.js';
import { offsetOf, placesFor, streamOf } from './stream.js';
import type { ScrapePool, ScrapeTarget } from './target.js';
import { type LastScrape, type LoopEvents, TargetLoop } from './target-loop.js';
import { TargetScraper } from './target-scraper.js';

/** A target that is gone may come back within so many intervals; its series have not ended then. */
const RETURNS_WITHIN = 2.1;

export interface PoolEvents {
  /** Hands a scrape to the store. Resolves when it is stored; with nothing when it is lost. */
  append(scrape: StreamScrape): Promise<AppendResult | undefined>;
  onScraped(stream: string, last: LastScrape, result: AppendResult | undefined): void;
}

/** Metadata of one target. */
export interface StreamMetadata {
  readonly stream: string;
  readonly metadata: readonly Metadata[];
}

interface WantedTarget {
  readonly target: ScrapeTarget;
  readonly pool: ScrapePool;
  /** Equal when it is to be scraped in the same way. */
  readonly key: string;
}

interface Running {
  readonly key: string;
  readonly scraper: TargetScraper;
  readonly loop: TargetLoop;
}

/** Scrapes targets. The caller must close it. */
export class ScrapePools {
  readonly #events: PoolEvents;
  readonly #clock: Clock;
  readonly #seed: string;
  #wanted: ReadonlyMap<string, WantedTarget> = new Map();
  readonly #running = new Map<string, Running>();
  /** Streams whose last scrape is under way. */
  readonly #stopping = new Set<string>();
  /** Streams that end unless their targets come back. */
  readonly #ending = new Map<string, NodeJS.Timeout>();
  #isClosed = false;

  /** @param seed of the machine, see {@link offsetOf} */
  constructor(events: PoolEvents, clock: Clock, seed: string) {
    this.#events = events;
    this.#clock = clock;
    this.#seed = seed;
  }

  /** Scrapes these targets and no others; a scrape that is under way is not broken off. */
  update(pools: readonly ScrapePool[]): void {
    this.#wanted = new Map(pools.flatMap(targetsOf));
    for (const [stream, running] of [...this.#running])
      if (this.#wanted.get(stream)?.key !== running.key) void this.#stop(stream, running);
    for (const stream of this.#wanted.keys()) this.#startWanted(stream);
  }

  /** The store knows nothing any more: the next scrape of each target has all of its series. */
  forgetLayouts(): void {
    for (const { scraper } of this.#running.values()) scraper.forgetLayouts();
  }

  metadata(): StreamMetadata[] {
    return [...this.#running].map(([stream, { scraper }]) => ({ stream, metadata: scraper.metadata }));
  }

  /** Breaks off what is under way. Series do not end with it: the next start goes on with them. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#ending.values()) clearTimeout(timer);
    for (const { loop } of this.#running.values()) loop.close();
  }

  #startWanted(stream: string): void {
    const wanted = this.#wanted.get(stream);
    if (!wanted || this.#isClosed || this.#stopping.has(stream)) return;
    const { loop } = this.#running.get(stream) ?? this.#start(stream, wanted);
    loop.problem = wanted.pool.problem;
  }

  #start(stream: string, { target, pool, key }: WantedTarget): Running {
    clearTimeout(this.#ending.get(stream));
    this.#ending.delete(stream);
    const { interval } = target;
    const scraper = new TargetScraper(stream, target, pool.options);
    const places = placesFor(this.#wanted.size);
    const offset = offsetOf(stream, this.#seed, { interval, places }, this.#clock.now());
    const events: LoopEvents = {
      append: scrape => this.#events.append(scrape),
      onScraped: (last, result) => this.#events.onScraped(stream, last, result),
    };
    const running = {
      key,
      scraper,
      loop: new TargetLoop(scraper, { interval, offset }, events, this.#clock),
    };
    this.#running.set(stream, running);
    return running;
  }

  async #stop(stream: string, { loop, scraper }: Running): Promise<void> {
    this.#running.delete(stream);
    this.#stopping.add(stream);
    const next = await loop.stop();
    scraper.close();
    this.#stopping.delete(stream);
    if (this.#wanted.has(stream)) this.#startWanted(stream);
    else if (loop.hasScraped && !this.#isClosed) this.#endLater(stream, next, loop.interval);
  }

  /** Its series end at the moment of the scrape that there was not. */
  #endLater(stream: string, at: Millis, interval: Millis): void {
    const end = () => {
      this.#ending.delete(stream);
      void this.#events.append({ stream, at, parts: [], gone: [], ends: true });
    };
    const wait = Math.max(0, at - this.#clock.now()) + interval * (RETURNS_WITHIN - 1);
    this.#ending.set(stream, setTimeout(end, Math.min(wait, MAX_WAIT)));
  }
}

function targetsOf(pool: ScrapePool): [stream: string, wanted: WantedTarget][] {
  const { options } = pool;
  const common = JSON.stringify({ ...options, http: serializeSecrets(options.http) });
  return pool.targets.map(target => {
    const key = `${common} ${target.interval} ${target.timeout}`;
    return [streamOf(pool.name, target), { target, pool, key }];
  });
}
