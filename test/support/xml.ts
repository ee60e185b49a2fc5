// Reads XML as Python's expat does, which refuses what is not well-formed.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

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
export async function parseXml(text: string): Promise<Element> {
  const reading = run('/usr/bin/python3', ['-c', READ]);
  reading.child.stdin?.end(text);
  return JSON.parse((await reading).stdout) as Element;
}

/** The children of an element by their name without namespace. */
export function childrenOf({ children }: Element, name: string): Element[] {
  return children.filter(({ tag }) => tag.replace(/^\{.*\}/, '') === name);
}
