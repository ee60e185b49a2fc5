// The JSON schema of what monitor.yml has in Prometheus' format, for editors: every key that the readers know, what it holds, and
// no other.

import type { JsonSchema } from '../../config/about.js';
import type { AuthorizationKey, BasicAuthKey, HttpConfigKey } from '../../config/http-client/read-config.js';
import type { HeaderValueKey } from '../../config/http-client/read-headers.js';
import type { TlsKey } from '../../config/http-client/read-tls.js';
import { relabelConfigsJson } from '../../relabel/json-schema.js';
import { DNS_RECORD_TYPES } from './definition.js';
import type { GlobalKey } from './global.js';
import type { HistogramKey, JobHistogramKey } from './histograms.js';
import type { JobKey } from './job.js';
import type { LimitKey } from './limits.js';
import { DEFAULT_PROTOCOLS } from './protocols.js';

/** As in fields of other sections: a value may be a variable of the environment. */
const VARIABLE = '\\$\\{';

const text: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
const duration: JsonSchema = { type: ['string', 'number', 'null'] };
const flag: JsonSchema = {
  anyOf: [
    { type: ['boolean', 'null'] },
    { type: 'string', pattern: `^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)$|${VARIABLE}` },
  ],
};
const count: JsonSchema = {
  anyOf: [
    { type: ['integer', 'null'], minimum: 0 },
    { type: 'string', pattern: `^[0-9]*$|${VARIABLE}` },
  ],
};
const list = (items: JsonSchema): JsonSchema => ({ type: ['array', 'null'], items });
const texts = list(text);
const labels: JsonSchema = { type: ['object', 'null'], additionalProperties: text };
/** Offered by editors; how it is written is the reader's to say. */
const oneOf = (values: readonly string[]): JsonSchema => ({
  anyOf: [{ enum: values }, { type: ['string', 'null'] }],
});

function mapping(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties,
  };
}

const tls: Readonly<Record<TlsKey, JsonSchema>> = {
  ca: text,
  cert: text,
  key: text,
  ca_file: text,
  cert_file: text,
  key_file: text,
  ca_ref: text,
  cert_ref: text,
  key_ref: text,
  server_name: text,
  insecure_skip_verify: flag,
  min_version: oneOf(['TLS10', 'TLS11', 'TLS12', 'TLS13']),
  max_version: oneOf(['TLS10', 'TLS11', 'TLS12', 'TLS13']),
};

const basicAuth: Readonly<Record<BasicAuthKey, JsonSchema>> = {
  username: text,
  username_file: text,
  username_ref: text,
  password: text,
  password_file: text,
  password_ref: text,
};

const authorization: Readonly<Record<AuthorizationKey, JsonSchema>> = {
  type: text,
  credentials: text,
  credentials_file: text,
  credentials_ref: text,
};

const headerValues: Readonly<Record<HeaderValueKey, JsonSchema>> = {
  values: texts,
  secrets: texts,
  files: texts,
};

/** Nothing that means anything. */
const unused: JsonSchema = { enum: ['', 'false', false, null] };

const httpConfig: Readonly<Record<HttpConfigKey, JsonSchema>> = {
  oauth2: { type: 'null' },
  proxy_url: unused,
  no_proxy: unused,
  proxy_from_environment: unused,
  proxy_connect_header: unused,
  basic_auth: mapping(basicAuth),
  authorization: mapping(authorization),
  bearer_token: text,
  bearer_token_file: text,
  tls_config: mapping(tls),
  follow_redirects: flag,
  enable_http2: flag,
  http_headers: { type: ['object', 'null'], additionalProperties: mapping(headerValues) },
};

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
  http_sd_configs: list(mapping({ url: text, refresh_interval: duration, ...httpConfig }, ['url'])),
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
  ...httpConfig,
};

/** `global` */
export const globalJson: JsonSchema = mapping(global);

/** `scrape_configs` */
export const scrapeConfigsJson: JsonSchema = list(mapping(job, ['job_name']));
