// A prometheus.yml: its sections about scraping, and the rule files it names. Source: Prometheus, config/config.go.

import { dirname } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { Decoder } from '../../config/decode.js';
import { readText } from '../../config/text-file.js';
import { parseYamlTree, type YamlNode, YamlProblem } from '../../config/yaml-tree.js';
import { parseModelDuration } from '../../promql/duration.js';
import type { ScrapeConfiguration } from './definition.js';
import { readScrapeSections, SCRAPE_SECTIONS } from './read.js';

/** What Prometheus has and is not read here. */
const OTHERS = ['runtime', 'alerting', 'storage', 'tracing', 'remote_write', 'remote_read', 'otlp'] as const;
const KEYS = [...SCRAPE_SECTIONS, 'rule_files', ...OTHERS] as const;

interface PrometheusYml {
  readonly scrape: ScrapeConfiguration;
  /** As they are written: paths and patterns. */
  readonly ruleFiles: readonly string[];
  /** Sections that are there and were not read. */
  readonly notRead: readonly string[];
}

/** Reads one from the disk. @throws ConfigError with every mistake in what is read */
export function loadPrometheusYml(file: string): PrometheusYml {
  const root = parse(file);
  const decoder = new Decoder(parseModelDuration, dirname(file));
  const fields = decoder.fields(root, 'config.plain', KEYS);
  const ruleFiles = decoder.list(fields.rule_files, 'string').map(item => decoder.text(item));
  const mistakes = decoder.problems.map(({ line, reason }) => `${file}: yaml: line ${line}: ${reason}`);
  let scrape: ScrapeConfiguration | undefined;
  try {
    scrape = readScrapeSections(fields, file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.mistakes);
  }
  if (!scrape || mistakes.length > 0) throw new ConfigError(mistakes);
  return { scrape, ruleFiles, notRead: OTHERS.filter(name => fields[name]) };
}

function parse(file: string): YamlNode | undefined {
  try {
    return parseYamlTree(readText(file));
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new ConfigError([`${file}: yaml: line ${error.line}: ${error.message}`]);
  }
}
