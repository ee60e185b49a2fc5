// Templates that are called and are not there, found without filling anything in.

import { TemplateError } from './error.js';
import type { Node, TemplateNode, TemplateSet } from './node.js';

/** The first call that leads nowhere, of a template of the set and of all it calls; undefined when there is none. */
export function missingTemplate(set: TemplateSet, name: string): TemplateError | undefined {
  const reached = new Set([name]);
  for (const each of reached) {
    const found = set.get(each);
    if (!found) continue;
    const { name: file, text } = found.source;
    for (const { name: called, offset } of calls(found.nodes)) {
      if (!set.has(called))
        return TemplateError.at(file, text, offset, `template ${JSON.stringify(called)} not defined`);
      reached.add(called);
    }
  }
  return undefined;
}

function* calls(nodes: readonly Node[]): Iterable<TemplateNode> {
  for (const node of nodes) {
    if (node.type === 'template') yield node;
    if (!('body' in node)) continue;
    yield* calls(node.body);
    yield* calls(node.otherwise);
  }
}
