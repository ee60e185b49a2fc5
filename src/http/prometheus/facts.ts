// What the API shows of the monitor itself. Comes in: nothing; goes out: plain values. Built by monitor.ts.

import type { LastScrape } from '../../metrics/scrape-loop.js';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { SamplesStatus } from '../../query/engine.js';
import type { ScrapeConfiguration } from '../../scrape/config/definition.js';
import type { DiscoveredPool } from '../../scrape/discovery/pool.js';
import type { TargetMetadata, TargetStatus } from '../../scrape/status.js';

/** The monitor as its own target: what a Prometheus that scrapes it would know. */
export interface OwnTarget {
  /** `job` and `instance`, as the samples have them. */
  readonly labels: Labels;
  /** Where /metrics is found from this machine. */
  readonly url: string;
  readonly interval: Millis;
  readonly timeout: Millis;
  /** The last scrape; undefined before the first. */
  readonly last: LastScrape | undefined;
}

/** The process and its configuration. */
interface Runtime {
  readonly startedAt: Millis;
  readonly reloadedAt: Millis;
  /** Whether the last reading of the configuration succeeded. */
  readonly reloadSucceeded: boolean;
  /** How long and how much is kept, in Prometheus' form: `30d or 2GB`. */
  readonly retention: string;
}

/** What is scraped beside the monitor itself; nothing in remote mode. */
export interface ScrapeFacts {
  /** All targets, pool by pool. */
  readonly targets: () => readonly TargetStatus[];
  /** A pool for each job. */
  readonly pools: () => readonly DiscoveredPool[];
  /** What the targets say of their metric families. */
  readonly metadata: () => Promise<readonly TargetMetadata[]>;
  /** Its sections of the configuration. */
  readonly configuration: () => Pick<ScrapeConfiguration, 'global' | 'masked'>;
}

/** Where samples are sent to. */
interface RemoteWriteFacts {
  /** The section of the configuration without secrets; empty when there is none. */
  readonly masked: () => string;
  /** Each receiver with `ok` or what is wrong with it, by name; undefined without receivers. */
  readonly health: () => Readonly<Record<string, string>> | undefined;
}

/** Every function answers as of now. */
export interface PrometheusFacts {
  /** Undefined in remote mode, where nothing is scraped here. */
  readonly target: () => OwnTarget | undefined;
  readonly scraped: ScrapeFacts;
  readonly remoteWrite: RemoteWriteFacts;
  /** The local samples; undefined in remote mode. */
  readonly samples: () => SamplesStatus | undefined;
  readonly runtime: () => Runtime;
  /** The command line's flags with their values; no secret is among them. */
  readonly flags: () => Readonly<Record<string, string>>;
}
