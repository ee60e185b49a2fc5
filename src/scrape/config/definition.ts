// What `scrape_configs` and the keys of `global` that go with it say, checked and with defaults filled in. Plain data and
// secrets. Source: Prometheus, "Configuration".

import type { HttpClientConfig } from '../../config/http-client/config.js';
import type { Millis } from '../../model/time.js';
import type { RelabelConfig } from '../../relabel/config.js';
import type { ScrapeOptions } from '../target.js';

/** Everything that is read of a configuration about scraping. */
export interface ScrapeConfiguration {
  readonly global: ScrapeGlobal;
  /** Those of `scrape_configs` first, then those of `scrape_config_files`; no two of one name. */
  readonly jobs: readonly ScrapeJob[];
  /** The files of `scrape_config_files`. */
  readonly files: readonly string[];
  /** What is accepted and has no effect here, one line each with its place. */
  readonly warnings: readonly string[];
  /** The sections as YAML, defaults not filled in, every secret replaced by `<secret>`; empty when there are none. */
  readonly masked: string;
}

/** `global`, as far as it is not a default of jobs only. */
export interface ScrapeGlobal {
  readonly scrapeInterval: Millis;
  readonly scrapeTimeout: Millis;
  /** Put on what leaves the monitor for another one. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

/** One entry of `scrape_configs`. */
export interface ScrapeJob {
  /** `job_name`. */
  readonly name: string;
  readonly options: ScrapeOptions;
  readonly scheme: string;
  readonly metricsPath: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly interval: Millis;
  readonly timeout: Millis;
  readonly relabelConfigs: readonly RelabelConfig[];
  /** More targets than this fail all of them; 0 is any number. */
  readonly targetLimit: number;
  /** Dropped targets that are shown; 0 is any number. */
  readonly keepDroppedTargets: number;
  readonly discovery: DiscoveryConfigs;
}

/** Where a job's targets come from. */
export interface DiscoveryConfigs {
  readonly static: readonly TargetGroup[];
  readonly file: readonly FileDiscoveryConfig[];
  readonly http: readonly HttpDiscoveryConfig[];
  readonly dns: readonly DnsDiscoveryConfig[];
}

/** Targets with labels in common. */
export interface TargetGroup {
  /** Tells it from the other groups of its provider: a number, a file's path and number, a URL, a name. */
  readonly source: string;
  /** Each with its `__address__`. */
  readonly targets: readonly Readonly<Record<string, string>>[];
  /** Of each target that has none of that name itself. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface FileDiscoveryConfig {
  /** Paths and patterns, relative ones joined with the folder of the file that names them. */
  readonly files: readonly string[];
  readonly refreshInterval: Millis;
}

export interface HttpDiscoveryConfig {
  readonly url: string;
  readonly refreshInterval: Millis;
  readonly http: HttpClientConfig;
}

export const DNS_RECORD_TYPES = ['SRV', 'A', 'AAAA', 'MX', 'NS'] as const;

export interface DnsDiscoveryConfig {
  readonly names: readonly string[];
  readonly type: (typeof DNS_RECORD_TYPES)[number];
  /** Of all types but SRV, whose records have ports. */
  readonly port: number;
  readonly refreshInterval: Millis;
}
