// The sections of monitor.yml that are in Prometheus' format.

import { ConfigError } from '../../config/config-error.js';
import { readYamlTree, valueAt } from '../../config/yaml-file.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import type { ScrapeConfiguration } from './definition.js';
import { readScrapeSections, SCRAPE_SECTIONS, type ScrapeSections } from './read.js';
import { fillVariables } from './variables.js';

/**
 * Reads them from a monitor.yml that is YAML, with variables of the environment filled in.
 * @throws ConfigError with every mistake
 */
export function loadScrapeSections(file: string, env: NodeJS.ProcessEnv = process.env): ScrapeConfiguration {
  const root = readYamlTree(file);
  const mistakes: string[] = [];
  const complain = ({ line }: YamlNode, reason: string) =>
    mistakes.push(`${file}: yaml: line ${line}: ${reason}`);
  const found = SCRAPE_SECTIONS.flatMap(name => {
    const value = valueAt(root, name);
    return value ? [[name, fillVariables(value, env, complain)]] : [];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return readScrapeSections(Object.fromEntries(found) as ScrapeSections, file);
}
