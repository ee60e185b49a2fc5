// The sections of monitor.yml that are in Prometheus' format, as their readers want them. Comes in: a file; goes out: YAML with
// variables of the environment filled in.

import { ConfigError } from './config-error.js';
import { readYamlTree, valueAt } from './yaml-file.js';
import type { YamlNode } from './yaml-tree.js';
import { fillVariables } from './yaml-variables.js';

/**
 * Some sections of a file, by name; those that are not there are left out.
 * @throws ConfigError with every mistake
 */
export function loadYamlSections<Name extends string>(
  file: string,
  names: readonly Name[],
  env: NodeJS.ProcessEnv = process.env,
): Partial<Record<Name, YamlNode>> {
  const root = readYamlTree(file);
  const mistakes: string[] = [];
  const complain = ({ line }: YamlNode, reason: string) =>
    mistakes.push(`${file}: yaml: line ${line}: ${reason}`);
  const found = names.flatMap(name => {
    const value = valueAt(root, name);
    return value ? [[name, fillVariables(value, env, complain)] as const] : [];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.fromEntries(found) as Partial<Record<Name, YamlNode>>;
}
