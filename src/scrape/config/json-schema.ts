// The JSON schema of what monitor.yml has in Prometheus' format, for editors: every key that the readers know, what it holds, and
// no other.

import type { JsonSchema } from '../../config/about.js';
import { httpConfigJson } from '../../config/http-client/json-schema.js';
import {
  count,
  duration,
  flag,
  labels,
  list,
  mapping,
  oneOf,
  text,
  texts,
} from '../../config/prometheus-json.js';
import { relabelConfigsJson } from '../../relabel/json-schema.js';
import { DNS_RECORD_TYPES } from './definition.js';
import type { GlobalKey } from './global.js';
import type { HistogramKey, JobHistogramKey } from './histograms.js';
import type { JobKey } from './job.js';
import type { LimitKey } from './limits.js';
import { DEFAULT_PROTOCOLS } from './protocols.js';

const limits: Readonly<Record<LimitKey, JsonSchema>> = {
  body_size_limit: text,
  sample_limit: count,
  target_limit: count,
  label_limit: count,
  label_name_length_limit: count,
  label_value_length_limit: count,
  keep_dropped_targets: count,
};

const histograms: Readonly<Record<HistogramKey, JsonSchema>> = {
  scrape_native_histograms: flag,
  convert_classic_histograms_to_nhcb: flag,
  always_scrape_classic_histograms: flag,
  extra_scrape_metrics: flag,
};

const jobHistograms: Readonly<Record<JobHistogramKey, JsonSchema>> = {
  scrape_classic_histograms: flag,
  native_histogram_bucket_limit: count,
  native_histogram_min_bucket_factor: text,
};

const names = {
  scrape_protocols: list(oneOf(DEFAULT_PROTOCOLS)),
  metric_name_validation_scheme: oneOf(['utf8', 'legacy']),
  metric_name_escaping_scheme: oneOf(['allow-utf-8', 'underscores', 'dots', 'values']),
};

const global: Readonly<Record<GlobalKey, JsonSchema>> = {
  scrape_interval: duration,
  scrape_timeout: duration,
  external_labels: labels,
  ...names,
  ...limits,
  ...histograms,
  evaluation_interval: duration,
  rule_query_offset: duration,
  query_log_file: text,
};

const job: Readonly<Record<JobKey, JsonSchema>> = {
  job_name: text,
  honor_labels: flag,
  honor_timestamps: flag,
  track_timestamps_staleness: flag,
  params: { type: ['object', 'null'], additionalProperties: texts },
  scrape_interval: duration,
  scrape_timeout: duration,
  ...names,
  fallback_scrape_protocol: oneOf(DEFAULT_PROTOCOLS),
  metrics_path: text,
  scheme: oneOf(['http', 'https']),
  enable_compression: flag,
  static_configs: list(mapping({ targets: texts, labels })),
  file_sd_configs: list(mapping({ files: texts, refresh_interval: duration }, ['files'])),
  http_sd_configs: list(mapping({ url: text, refresh_interval: duration, ...httpConfigJson }, ['url'])),
  dns_sd_configs: list(
    mapping({ names: texts, type: oneOf(DNS_RECORD_TYPES), port: count, refresh_interval: duration }, [
      'names',
    ]),
  ),
  relabel_configs: relabelConfigsJson,
  metric_relabel_configs: relabelConfigsJson,
  ...limits,
  ...histograms,
  ...jobHistograms,
  ...httpConfigJson,
};

/** `global` */
export const globalJson: JsonSchema = mapping(global);

/** `scrape_configs` */
export const scrapeConfigsJson: JsonSchema = list(mapping(job, ['job_name']));
