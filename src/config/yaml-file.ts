// A YAML file as a tree whose values know their lines.

import { ConfigError } from './config-error.js';
import { readText } from './text-file.js';
import { parseYamlTree, type YamlNode, YamlProblem } from './yaml-tree.js';

/** Undefined when nothing is in it. @throws ConfigError when it cannot be read or is no YAML */
export function readYamlTree(file: string): YamlNode | undefined {
  try {
    return parseYamlTree(readText(file));
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    throw new ConfigError([`${file}: yaml: line ${error.line}: ${error.message}`]);
  }
}

/** What stands under a key of a mapping; undefined when the key is not there, or it is no mapping. */
export function valueAt(node: YamlNode | undefined, name: string): YamlNode | undefined {
  const entries = node?.kind === 'mapping' ? node.entries : [];
  return entries.find(({ key }) => key.kind === 'scalar' && key.text === name)?.value;
}
