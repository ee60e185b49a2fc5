// Messages between the main thread and the thread that scrapes, beside those of supervision.

import type { MessagePort } from 'node:worker_threads';
import type { AppendResult } from '../model/scrape.js';
import type { StreamMetadata } from './scrape-pools.js';
import type { ScrapePool } from './target.js';
import type { LastScrape } from './target-loop.js';

/** To the thread. */
export type ScrapeRequest =
  /** All pools that there are; secrets are serialized. */
  | { readonly type: 'pools'; readonly pools: readonly ScrapePool[] }
  /**
   * Where scrapes go from now on, as a `StreamSender` sends them. What the store knew of targets' layouts it does not know any
   * more.
   */
  | { readonly type: 'store'; readonly port: MessagePort }
  | { readonly type: 'metadata'; readonly id: number };

/** From the thread. */
export type ScrapeEvent =
  /** How targets' last scrapes went. */
  | { readonly type: 'scraped'; readonly targets: readonly ScrapedTarget[] }
  | { readonly type: 'metadata'; readonly id: number; readonly metadata: readonly StreamMetadata[] };

/** How the last scrape of a target went. */
export interface ScrapedTarget {
  readonly stream: string;
  readonly last: LastScrape;
  /** Without it the samples were lost. */
  readonly result: AppendResult | undefined;
}

/** What the thread is started with. */
export interface ScrapeThreadOptions {
  /** Of the machine: spreads the targets over their intervals. */
  readonly seed: string;
}
