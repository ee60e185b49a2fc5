// The sections about scraping of monitor.yml or of a prometheus.yml. Comes in: YAML; goes out: what it says, or every mistake
// in it with its place, in Prometheus' words. Source: Prometheus, config/config.go.

import { dirname, isAbsolute, join } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { Decoder, type Field, isAbsent } from '../../config/decode.js';
import { glob, PatternError } from '../../config/glob.js';
import { maskedConfig } from '../../config/masked-yaml.js';
import { readText } from '../../config/text-file.js';
import { parseYamlTree, type YamlMapping, type YamlNode, YamlProblem } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import { parseModelDuration } from '../../promql/duration.js';
import type { ScrapeConfiguration, ScrapeJob } from './definition.js';
import { type GlobalSettings, readGlobalSettings } from './global.js';
import { readJob } from './job.js';

/** Where what is in Prometheus' format stands in monitor.yml. */
export const SCRAPE_SECTIONS = ['global', 'scrape_configs', 'scrape_config_files'] as const;

export type ScrapeSections = Readonly<Partial<Record<(typeof SCRAPE_SECTIONS)[number], YamlNode>>>;

/** Only one star, and in the last part. */
const FILES_PATTERN = /^[^*]*(\*[^/]*)?$/;

/**
 * Reads the sections, and the files of `scrape_config_files`.
 * @param file where they stand; relative paths in them are relative to its folder
 * @throws ConfigError with every mistake
 */
export function readScrapeSections(sections: ScrapeSections, file: string): ScrapeConfiguration {
  const main = new SectionReader(file);
  const { global, jobs, files } = main.sections(sections);
  const others = files.map(name => new SectionReader(name));
  const all = [...jobs, ...others.flatMap(other => other.file(global))];
  const mistakes = [main, ...others].flatMap(reader => reader.mistakes);
  for (const [i, { job, reader }] of all.entries()) {
    const first = all.findIndex(each => each.job.name === job.name);
    if (first < i && job.name !== '') mistakes.push(repeated(job.name, reader, all[first]?.reader));
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return {
    global: {
      scrapeInterval: global.interval,
      scrapeTimeout: global.timeout,
      externalLabels: global.externalLabels,
    },
    jobs: all.map(({ job }) => job),
    files,
    warnings: [main, ...others].flatMap(reader => reader.warnings),
    masked: main.shown(sections),
  };
}

function repeated(name: string, reader: SectionReader, first: SectionReader | undefined): string {
  const where = first && first !== reader ? `, first found in ${first.path}` : '';
  return `${reader.path}: found multiple scrape configs with job name ${quote(name)}${where}`;
}

interface ReadJob {
  readonly job: ScrapeJob;
  readonly reader: SectionReader;
}

/** Reads one file; collects what is wrong with it. */
class SectionReader {
  readonly path: string;
  readonly warnings: string[] = [];
  readonly #decoder: Decoder;
  readonly #others: string[] = [];

  constructor(path: string) {
    this.path = path;
    this.#decoder = new Decoder(parseModelDuration, dirname(path));
  }

  get mistakes(): string[] {
    const found = this.#decoder.problems.map(({ line, reason }) => this.#line(line, reason));
    return [...found, ...this.#others];
  }

  sections(sections: ScrapeSections): {
    global: GlobalSettings;
    jobs: readonly ReadJob[];
    files: readonly string[];
  } {
    const global = readGlobalSettings(this.#decoder, sections.global, this.#warn);
    return {
      global,
      jobs: this.#jobs(sections.scrape_configs, global),
      files: this.#files(sections.scrape_config_files),
    };
  }

  /** A file of `scrape_config_files`. */
  file(global: GlobalSettings): ReadJob[] {
    try {
      const root = parseYamlTree(readText(this.path));
      const fields = this.#decoder.fields(root, 'config.ScrapeConfigs', ['scrape_configs']);
      return this.#jobs(fields.scrape_configs, global);
    } catch (error) {
      if (error instanceof YamlProblem) this.#others.push(this.#line(error.line, error.message));
      else if (error instanceof ConfigError) this.#others.push(...error.mistakes);
      else throw error;
      return [];
    }
  }

  /** The sections as YAML without secrets; empty when there are none. */
  shown(sections: ScrapeSections): string {
    // The jobs come last, so that others can follow them.
    const order = ['global', 'scrape_config_files', 'scrape_configs'] as const;
    const entries = order.flatMap(name => {
      const value = sections[name];
      const key = { kind: 'scalar', line: 1, column: 1, text: name, plain: true } as const;
      return value ? [{ key, value }] : [];
    });
    if (entries.length === 0) return '';
    const root: YamlMapping = { kind: 'mapping', line: 1, column: 1, entries };
    return maskedConfig(root, this.#decoder.secrets);
  }

  #jobs(node: Field, global: GlobalSettings): ReadJob[] {
    return this.#decoder.list(node, '*config.ScrapeConfig').flatMap(item => {
      if (!isAbsent(item)) return [{ job: readJob(this.#decoder, item, global, this.#warn), reader: this }];
      this.#decoder.addMistake(item as unknown as YamlNode, 'empty or null scrape config section');
      return [];
    });
  }

  #files(node: Field): string[] {
    return this.#decoder.list(node, 'string').flatMap(item => {
      const pattern = this.#decoder.text(item);
      if (!FILES_PATTERN.test(pattern))
        this.#decoder.addMistake(item, `invalid scrape config file path ${quote(pattern)}`);
      try {
        return glob(isAbsolute(pattern) ? pattern : join(dirname(this.path), pattern));
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        this.#decoder.addMistake(item, `error retrieving scrape config files: ${error.message}`);
        return [];
      }
    });
  }

  readonly #warn = ({ line }: YamlNode, reason: string): void => {
    this.warnings.push(this.#line(line, reason));
  };

  #line(line: number, reason: string): string {
    return `${this.path}: yaml: line ${line}: ${reason}`;
  }
}
