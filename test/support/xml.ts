// Reads XML as Python's expat does, which refuses what is not well-formed.

import { execFileSync } from 'node:child_process';

export interface Element {
  /** `{namespace}name`, or the name alone. */
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text before the first child. */
  readonly text: string;
  readonly children: readonly Element[];
}

const READ = `
import json, sys, xml.etree.ElementTree as tree
def shown(e): return {'tag': e.tag, 'attributes': e.attrib, 'text': e.text or '', 'children': [shown(c) for c in e]}
json.dump(shown(tree.fromstring(sys.stdin.buffer.read())), sys.stdout)
`;

/** @throws when the text is not well-formed */
export function parseXml(text: string): Element {
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', READ], { input: text, encoding: 'utf8' }));
}

/** The children of an element by their name without namespace. */
export function childrenOf({ children }: Element, name: string): Element[] {
  return children.filter(({ tag }) => tag.replace(/^\{.*\}/, '') === name);
}
