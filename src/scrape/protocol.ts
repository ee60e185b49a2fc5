// Messages between the main thread and the thread that scrapes, beside those of supervision.

import type { AppendResult } from '../model/scrape.js';
import type { PackedScrape } from '../query/scrape-codec.js';
import type { StreamMetadata } from './scrape-pools.js';
import type { ScrapePool } from './target.js';
import type { LastScrape } from './target-loop.js';

/** To the thread. */
export type ScrapeRequest =
  /** All pools that there are; secrets are serialized. */
  | { readonly type: 'pools'; readonly pools: readonly ScrapePool[] }
  /** What became of a scrape; without a result it was lost. */
  | { readonly type: 'appended'; readonly id: number; readonly result: AppendResult | undefined }
  /** The store knows nothing any more. */
  | { readonly type: 'forgetLayouts' }
  | { readonly type: 'metadata'; readonly id: number };

/** From the thread. */
export type ScrapeEvent =
  /** An `appended` with its number comes back. */
  | { readonly type: 'scrape'; readonly id: number; readonly scrape: PackedScrape }
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
