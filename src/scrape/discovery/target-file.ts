// A file of `file_sd_configs`. Source: Prometheus, discovery/file.

import { extname } from 'node:path';
import { ConfigError } from '../../config/config-error.js';
import { Decoder, isAbsent } from '../../config/decode.js';
import { readText } from '../../config/text-file.js';
import { parseYamlTree, YamlProblem } from '../../config/yaml-tree.js';
import { parseModelDuration } from '../../promql/duration.js';
import type { TargetGroup } from '../config/definition.js';
import { readTargetGroup } from '../config/target-groups.js';
import { parseJsonGroups } from './json-groups.js';

/** Reads the groups of a file, JSON or YAML by its name. @throws Error, one line that names the file and what is wrong in it */
export function readTargetFile(file: string): TargetGroup[] {
  const labels = { __meta_filepath: file };
  const source = (index: number) => `${file}:${index}`;
  const text = read(file);
  if (extname(file).toLowerCase() !== '.json') return parseYaml(file, text, { labels, source });
  try {
    return parseJsonGroups(text, { labels, source });
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

function read(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    throw error instanceof ConfigError ? new Error(error.mistakes[0]) : error;
  }
}

function parseYaml(
  file: string,
  text: string,
  { labels, source }: { labels: Readonly<Record<string, string>>; source: (index: number) => string },
): TargetGroup[] {
  const decoder = new Decoder(parseModelDuration);
  const groups = itemsOf(decoder, file, text).map((item, i) => {
    if (isAbsent(item)) throw new Error(`${file}: nil target group item found (index ${i})`);
    const group = readTargetGroup(decoder, item, source(i), 'utf8');
    return { ...group, labels: { ...group.labels, ...labels } };
  });
  const [problem] = decoder.problems;
  if (problem) throw new Error(`${file}: yaml: line ${problem.line}: ${problem.reason}`);
  return groups;
}

function itemsOf(decoder: Decoder, file: string, text: string) {
  try {
    return decoder.list(parseYamlTree(text), '*targetgroup.Group');
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new Error(`${file}: yaml: line ${error.line}: ${error.message}`);
  }
}
