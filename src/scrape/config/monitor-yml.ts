// The sections of monitor.yml about scraping.

import { loadYamlSections } from '../../config/yaml-sections.js';
import type { ScrapeConfiguration } from './definition.js';
import { readScrapeSections, SCRAPE_SECTIONS } from './read.js';

/**
 * Reads them from a monitor.yml that is YAML, with variables of the environment filled in.
 * @throws ConfigError with every mistake
 */
export function loadScrapeSections(file: string, env?: NodeJS.ProcessEnv): ScrapeConfiguration {
  return readScrapeSections(loadYamlSections(file, SCRAPE_SECTIONS, env), file);
}
