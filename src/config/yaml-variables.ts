// Variables of the environment in the sections of monitor.yml that are in Prometheus' format.

import { expandVariables } from './expand-variables.js';
import type { YamlNode } from './yaml-tree.js';

/** Their texts are templates, in which `${1}` and `${name}` are groups. */
const TEMPLATES = new Set(['relabel_configs', 'metric_relabel_configs', 'write_relabel_configs']);

/**
 * The same tree with `${NAME}` and `${NAME:-default}` filled in as everywhere in monitor.yml, but for relabelling.
 * @param complain called with what is wrong and where
 */
export function fillVariables(
  node: YamlNode,
  env: NodeJS.ProcessEnv,
  complain: (node: YamlNode, reason: string) => void,
): YamlNode {
  if (node.kind === 'scalar')
    return node.text.includes('$')
      ? { ...node, text: expandVariables(node.text, env, reason => complain(node, reason)) }
      : node;
  if (node.kind === 'sequence')
    return { ...node, items: node.items.map(item => fillVariables(item, env, complain)) };
  const entries = node.entries.map(({ key, value }) => {
    const isTemplate = key.kind === 'scalar' && TEMPLATES.has(key.text);
    return { key, value: isTemplate ? value : fillVariables(value, env, complain) };
  });
  return { ...node, entries };
}
