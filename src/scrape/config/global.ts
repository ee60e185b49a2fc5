// `global`: what holds for all jobs that say nothing else. Source: Prometheus, config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import type { NameValidation } from '../../model/label-name.js';
import type { Millis } from '../../model/time.js';
import type { NameEscaping, ScrapeProtocol } from '../target.js';
import { GLOBAL_KEYS_ELSEWHERE } from './elsewhere.js';
import { HISTOGRAM_KEYS, readHistogramKeys } from './histograms.js';
import { LIMIT_KEYS, type Limits, NO_LIMITS, readLimits } from './limits.js';
import { readNameEscaping, readNameValidation, readProtocols } from './protocols.js';
import { readLabelSet } from './target-groups.js';

/** What is read and has no effect: the monitor evaluates rules after each of its own scrapes. */
const WITHOUT_EFFECT = ['evaluation_interval', 'rule_query_offset', 'query_log_file'] as const;
const KEYS = [
  'scrape_interval',
  'scrape_timeout',
  'scrape_protocols',
  'external_labels',
  'metric_name_validation_scheme',
  'metric_name_escaping_scheme',
  ...LIMIT_KEYS,
  ...HISTOGRAM_KEYS,
  ...WITHOUT_EFFECT,
] as const;
export type GlobalKey = (typeof KEYS)[number];

/** What jobs take where they say nothing, and the labels for other monitors. */
export interface GlobalSettings {
  readonly interval: Millis;
  readonly timeout: Millis;
  readonly protocols: readonly ScrapeProtocol[] | undefined;
  readonly nameValidation: NameValidation;
  readonly nameEscaping: NameEscaping | undefined;
  readonly limits: Limits;
  readonly externalLabels: Readonly<Record<string, string>>;
}

export const DEFAULT_GLOBAL: GlobalSettings = {
  interval: 60_000,
  timeout: 10_000,
  protocols: undefined,
  nameValidation: 'utf8',
  nameEscaping: undefined,
  limits: NO_LIMITS,
  externalLabels: {},
};

/** Reads the section. @param warn called for what has no effect */
export function readGlobalSettings(
  decoder: Decoder,
  node: Field,
  warn: (node: YamlNode, reason: string) => void,
): GlobalSettings {
  if (isAbsent(node)) return DEFAULT_GLOBAL;
  const fields = decoder.fields(node, 'config.plain', KEYS, GLOBAL_KEYS_ELSEWHERE);
  const nameValidation =
    readNameValidation(decoder, fields.metric_name_validation_scheme) ?? DEFAULT_GLOBAL.nameValidation;
  const interval = decoder.duration(fields.scrape_interval) || DEFAULT_GLOBAL.interval;
  const timeout = decoder.duration(fields.scrape_timeout) || 0;
  if (timeout > interval) decoder.addMistake(node, 'global scrape timeout greater than scrape interval');
  decoder.duration(fields.evaluation_interval);
  decoder.duration(fields.rule_query_offset);
  for (const key of WITHOUT_EFFECT) {
    const field = fields[key];
    if (!isAbsent(field)) warn(field, `global.${key} has no effect: ${EFFECTS[key]}`);
  }
  readHistogramKeys(decoder, fields);
  return {
    interval,
    timeout: timeout || Math.min(DEFAULT_GLOBAL.timeout, interval),
    protocols: readProtocols(decoder, fields.scrape_protocols, warn),
    nameValidation,
    nameEscaping: readNameEscaping(decoder, fields.metric_name_escaping_scheme),
    limits: readLimits(decoder, fields, NO_LIMITS),
    externalLabels: readLabelSet(decoder, fields.external_labels, nameValidation),
  };
}

const EFFECTS: Readonly<Record<(typeof WITHOUT_EFFECT)[number], string>> = {
  evaluation_interval: 'rules are evaluated every query.scrape_interval',
  rule_query_offset: 'rules see the samples of the moment of their evaluation',
  query_log_file: 'there is no log of queries',
};
