// What is scraped and how: the joint between the configuration with its discovery, which makes pools, and the loops,
// which scrape them. Plain data, so that it can be sent to the thread that scrapes; secrets are serialized on that way.

import type { HttpClientConfig } from '../config/http-client/config.js';
import type { NameValidation } from '../model/label-name.js';
import type { Millis } from '../model/time.js';
import type { RelabelConfig } from '../relabel/config.js';

/** A format that targets are asked for. Source: Prometheus, "Configuration", `scrape_protocols`. */
export type ScrapeProtocol =
  | 'PrometheusText0.0.4'
  | 'PrometheusText1.0.0'
  | 'OpenMetricsText0.0.1'
  | 'OpenMetricsText1.0.0';

/** How a target is to write names beyond the old character set. Source: Prometheus, `metric_name_escaping_scheme`. */
export type NameEscaping = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

/** Bounds of one scrape; 0 is none. One that is exceeded fails the scrape. */
export interface ScrapeLimits {
  /** Bytes of the body, uncompressed. */
  readonly bodySize: number;
  /** Samples after `metric_relabel_configs`. */
  readonly samples: number;
  /** Labels of a series, those of its target and its name among them. */
  readonly labels: number;
  /** Bytes of a label's name. */
  readonly labelNameLength: number;
  /** Bytes of a label's value. */
  readonly labelValueLength: number;
}

/** What all targets of a job have in common, defaults filled in. */
export interface ScrapeOptions {
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  /** Most preferred first; never empty. */
  readonly protocols: readonly ScrapeProtocol[];
  /** For an answer without a usable `Content-Type`; without it such a scrape fails. */
  readonly fallbackProtocol: ScrapeProtocol | undefined;
  readonly enableCompression: boolean;
  readonly limits: ScrapeLimits;
  readonly nameValidation: NameValidation;
  readonly nameEscaping: NameEscaping;
  readonly metricRelabelConfigs: readonly RelabelConfig[];
  readonly http: HttpClientConfig;
}

/** One target of a pool after relabelling. */
export interface ScrapeTarget {
  /** Sorted by name, without `__...` labels, `job` and `instance` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** As discovered, before relabelling. */
  readonly discoveredLabels: Readonly<Record<string, string>>;
  /** Where to scrape, with the parameters: `http://127.0.0.1:9100/metrics`. */
  readonly url: string;
  readonly interval: Millis;
  /** Of the whole scrape; at most the interval. */
  readonly timeout: Millis;
}

/** A job with the targets it has now. */
export interface ScrapePool {
  /** `job_name`, unique. */
  readonly name: string;
  readonly options: ScrapeOptions;
  /** No two with the same labels and URL. */
  readonly targets: readonly ScrapeTarget[];
  /** Why no target may be scraped: `target_limit exceeded (...)`. Every scrape fails with it. */
  readonly problem?: string | undefined;
}
