// One entry of `scrape_configs`. Source: Prometheus, config/config.go.

import { type Decoder, type Field, isAbsent, isNull } from '../../config/decode.js';
import { HTTP_CONFIG_KEYS, readHttpFields } from '../../config/http-client/read-config.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import type { NameValidation } from '../../model/label-name.js';
import { readRelabelConfigs } from '../../relabel/read.js';
import type { NameEscaping } from '../target.js';
import type { ScrapeJob } from './definition.js';
import { readDnsConfigs, readFileConfigs, readHttpConfigs } from './discovery.js';
import { HTTP_INSTEAD, JOB_KEYS_ELSEWHERE } from './elsewhere.js';
import type { GlobalSettings } from './global.js';
import { HISTOGRAM_KEYS, JOB_HISTOGRAM_KEYS, readHistogramKeys } from './histograms.js';
import { LIMIT_KEYS, type Limits, readLimits } from './limits.js';
import {
  DEFAULT_PROTOCOLS,
  readFallbackProtocol,
  readNameEscaping,
  readNameValidation,
  readProtocols,
} from './protocols.js';
import { readStaticConfigs } from './target-groups.js';

const KEYS = [
  'job_name',
  'honor_labels',
  'honor_timestamps',
  'track_timestamps_staleness',
  'params',
  'scrape_interval',
  'scrape_timeout',
  'scrape_protocols',
  'fallback_scrape_protocol',
  'metrics_path',
  'scheme',
  'enable_compression',
  'metric_name_validation_scheme',
  'metric_name_escaping_scheme',
  'static_configs',
  'file_sd_configs',
  'http_sd_configs',
  'dns_sd_configs',
  'relabel_configs',
  'metric_relabel_configs',
  ...LIMIT_KEYS,
  ...HISTOGRAM_KEYS,
  ...JOB_HISTOGRAM_KEYS,
  ...HTTP_CONFIG_KEYS,
] as const;
export type JobKey = (typeof KEYS)[number];
type Fields = Partial<Record<JobKey, YamlNode>>;

/** Reads a job. @param warn called for what has no effect */
export function readJob(
  decoder: Decoder,
  node: YamlNode,
  global: GlobalSettings,
  warn: (node: YamlNode, reason: string) => void,
): ScrapeJob {
  const fields: Fields = decoder.fields(node, 'config.ScrapeConfig', KEYS, JOB_KEYS_ELSEWHERE);
  const name = decoder.text(fields.job_name);
  if (name === '') decoder.addMistake(node, 'job_name is empty');
  const own = readNameValidation(decoder, fields.metric_name_validation_scheme);
  const nameValidation = own ?? global.nameValidation;
  const limits = readLimits(decoder, fields, global.limits);
  const relabelConfigs = readRelabelConfigs(decoder, fields.relabel_configs, {
    of: 'target relabeling rule in scrape config',
    nameValidation,
  });
  readHistogramKeys(decoder, fields);
  return {
    name,
    scheme: textOf(decoder, fields.scheme, 'http'),
    metricsPath: textOf(decoder, fields.metrics_path, '/metrics'),
    params: readParams(decoder, fields.params),
    ...readTimes(decoder, node, fields, { ...global, job: name }),
    relabelConfigs,
    targetLimit: limits.target_limit,
    keepDroppedTargets: limits.keep_dropped_targets,
    discovery: {
      static: readStaticConfigs(
        decoder,
        fields.static_configs,
        nameValidation,
        !isAbsent(fields.relabel_configs) && relabelConfigs.length > 0,
      ),
      file: readFileConfigs(decoder, fields.file_sd_configs),
      http: readHttpConfigs(decoder, fields.http_sd_configs),
      dns: readDnsConfigs(decoder, fields.dns_sd_configs),
    },
    options: {
      honorLabels: decoder.boolean(fields.honor_labels),
      honorTimestamps: booleanOf(decoder, fields.honor_timestamps, true),
      trackTimestampsStaleness: decoder.boolean(fields.track_timestamps_staleness),
      protocols:
        readProtocols(decoder, fields.scrape_protocols, warn) ?? global.protocols ?? DEFAULT_PROTOCOLS,
      fallbackProtocol: readFallbackProtocol(decoder, fields.fallback_scrape_protocol),
      enableCompression: booleanOf(decoder, fields.enable_compression, true),
      limits: limitsOf(limits),
      nameValidation,
      nameEscaping: readEscaping(decoder, node, fields, { own, nameValidation, global }),
      metricRelabelConfigs: readRelabelConfigs(decoder, fields.metric_relabel_configs, {
        of: 'metric relabeling rule in scrape config',
        nameValidation,
      }),
      http: readHttpFields(decoder, node, fields, HTTP_INSTEAD),
    },
  };
}

function limitsOf(limits: Limits): ScrapeJob['options']['limits'] {
  return {
    bodySize: limits.body_size_limit,
    samples: limits.sample_limit,
    labels: limits.label_limit,
    labelNameLength: limits.label_name_length_limit,
    labelValueLength: limits.label_value_length_limit,
  };
}

interface TimesContext extends Pick<GlobalSettings, 'interval' | 'timeout'> {
  readonly job: string;
}

function readTimes(
  decoder: Decoder,
  node: YamlNode,
  fields: Fields,
  { job, ...global }: TimesContext,
): Pick<ScrapeJob, 'interval' | 'timeout'> {
  const interval = decoder.duration(fields.scrape_interval) || global.interval;
  const timeout = decoder.duration(fields.scrape_timeout) || Math.min(global.timeout, interval);
  if (timeout > interval)
    decoder.addMistake(
      fields.scrape_timeout ?? node,
      `scrape timeout greater than scrape interval for scrape config with job name ${quote(job)}`,
    );
  return { interval, timeout };
}

interface EscapingContext {
  readonly own: NameValidation | undefined;
  readonly nameValidation: NameValidation;
  readonly global: GlobalSettings;
}

function readEscaping(
  decoder: Decoder,
  node: YamlNode,
  fields: Fields,
  { own, nameValidation, global }: EscapingContext,
): NameEscaping {
  const otherwise = nameValidation === 'legacy' ? 'underscores' : 'allow-utf-8';
  const inherited = own === undefined ? (global.nameEscaping ?? otherwise) : otherwise;
  const escaping = readNameEscaping(decoder, fields.metric_name_escaping_scheme) ?? inherited;
  if (escaping === 'allow-utf-8' && nameValidation === 'legacy')
    decoder.addMistake(node, 'utf8 metric names requested but validation scheme is not set to UTF8');
  return escaping;
}

function readParams(decoder: Decoder, node: Field): Record<string, string[]> {
  const pairs = decoder.entries(node, 'url.Values').map(([name, value]) => {
    const values = decoder.list(value, 'string').map(each => decoder.text(each));
    return [name, values] as const;
  });
  return Object.fromEntries(pairs);
}

function textOf(decoder: Decoder, node: Field, fallback: string): string {
  return isNull(node) ? '' : decoder.text(node, fallback);
}

function booleanOf(decoder: Decoder, node: Field, fallback: boolean): boolean {
  return isNull(node) ? false : decoder.boolean(node, fallback);
}
