// Where a node stands in a tree of YAML, by keys and places in lists.

import type { YamlNode } from './yaml-tree.js';

/** `receivers[0].slack_configs[1].title`; undefined for a node that is none of the tree's own. */
export function yamlPath(root: YamlNode, wanted: YamlNode): string | undefined {
  return pathBelow(root, wanted)?.replace(/^\./, '');
}

function pathBelow(node: YamlNode, wanted: YamlNode): string | undefined {
  if (node === wanted) return '';
  for (const [step, child] of childrenOf(node)) {
    const rest = pathBelow(child, wanted);
    if (rest !== undefined) return step + rest;
  }
  return undefined;
}

function childrenOf(node: YamlNode): (readonly [step: string, child: YamlNode])[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'sequence') return node.items.map((item, i) => [`[${i}]`, item]);
  return node.entries.map(({ key, value }) => [`.${key.kind === 'scalar' ? key.text : '?'}`, value]);
}
