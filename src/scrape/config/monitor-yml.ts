// The sections of monitor.yml that are in Prometheus' format.

import { ConfigError } from '../../config/config-error.js';
import { readText } from '../../config/text-file.js';
import { parseYamlTree, type YamlNode, YamlProblem } from '../../config/yaml-tree.js';
import type { ScrapeConfiguration } from './definition.js';
import { readScrapeSections, SCRAPE_SECTIONS, type ScrapeSections } from './read.js';
import { fillVariables } from './variables.js';

/**
 * Reads them from a monitor.yml that is YAML, with variables of the environment filled in.
 * @throws ConfigError with every mistake
 */
export function loadScrapeSections(file: string, env: NodeJS.ProcessEnv = process.env): ScrapeConfiguration {
  const root = parse(file);
  const mistakes: string[] = [];
  const complain = ({ line }: YamlNode, reason: string) =>
    mistakes.push(`${file}: yaml: line ${line}: ${reason}`);
  const entries = root?.kind === 'mapping' ? root.entries : [];
  const found = SCRAPE_SECTIONS.flatMap(name => {
    const entry = entries.find(({ key }) => key.kind === 'scalar' && key.text === name);
    return entry ? [[name, fillVariables(entry.value, env, complain)]] : [];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return readScrapeSections(Object.fromEntries(found) as ScrapeSections, file);
}

function parse(file: string): YamlNode | undefined {
  try {
    return parseYamlTree(readText(file));
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new ConfigError([`${file}: yaml: line ${error.line}: ${error.message}`]);
  }
}
