// A file in Prometheus' or Alertmanager's format as it may be shown to anyone: comments gone, aliases written out, `<secret>` in the place of every secret.
// What comes out is read by their own tools, so that what was a number or a boolean has to stay one.

import type { YamlMapping, YamlNode, YamlScalar, YamlSequence } from './yaml-tree.js';

const HIDDEN = '<secret>';
/** What Go puts into a URL, where the brackets would have to be escaped. */
const HIDDEN_IN_URL = 'xxxxx';
/** A text that means itself without quotes. */
const PLAIN = /^[\w<][\w .,/<>()+*=~-]*$/;

/**
 * The configuration as YAML, ending with a line feed.
 * @param secrets the values that were read as secrets; those of the same keys in the same places are hidden too
 */
export function maskedConfig(root: YamlNode | undefined, secrets: ReadonlySet<YamlNode>): string {
  if (!root) return '';
  const names = secretNames(root, secrets);
  const isSecret = (within: string, key: string, value: YamlNode) =>
    secrets.has(value) || names.has(placeOf(within, key));
  return `${new Printer(isSecret, secrets).block(root, '', '').replace(/^[\n ]/, '')}\n`;
}

/** What `<<` brings in may be written over, and is then read by none: its keys show what it is. */
const MERGE = '<<';

const placeOf = (within: string, key: string) => `${within}.${key}`;

/** The keys of all secrets, each with the key it stands below. */
function secretNames(root: YamlNode, secrets: ReadonlySet<YamlNode>): Set<string> {
  const names = new Set<string>();
  const walk = (node: YamlNode, within: string) => {
    if (node.kind === 'sequence') for (const item of node.items) walk(item, within);
    if (node.kind !== 'mapping') return;
    for (const { key, value } of node.entries) {
      const name = key.kind === 'scalar' ? key.text : '';
      if (secrets.has(value) && value.kind === 'scalar') names.add(placeOf(within, name));
      walk(value, name === MERGE ? within : name);
    }
  };
  walk(root, '');
  return names;
}

/** Prints nodes; collections begin on a line of their own. */
class Printer {
  readonly #isSecret: (within: string, key: string, value: YamlNode) => boolean;
  readonly #secrets: ReadonlySet<YamlNode>;

  constructor(
    isSecret: (within: string, key: string, value: YamlNode) => boolean,
    secrets: ReadonlySet<YamlNode>,
  ) {
    this.#isSecret = isSecret;
    this.#secrets = secrets;
  }

  /** A node as it follows its key or dash, which stands at `indent`. */
  block(node: YamlNode, indent: string, within: string): string {
    if (node.kind === 'scalar') return beside(scalar(this.#secrets.has(node) ? concealed(node) : node));
    return node.kind === 'sequence' ? this.#items(node, indent, within) : this.#pairs(node, indent, within);
  }

  #items({ items }: YamlSequence, indent: string, within: string): string {
    if (items.length === 0) return ' []';
    return items.map(item => `\n${indent}-${compact(this.block(item, `${indent}  `, within))}`).join('');
  }

  #pairs({ entries }: YamlMapping, indent: string, within: string): string {
    if (entries.length === 0) return ' {}';
    return entries
      .map(({ key, value }) => {
        const name = key.kind === 'scalar' ? key.text : '';
        const isHidden = value.kind === 'scalar' && this.#isSecret(within, name, value);
        const below = name === MERGE ? within : name;
        const shown = isHidden ? beside(scalar(concealed(value))) : this.block(value, `${indent}  `, below);
        return `\n${indent}${key.kind === 'scalar' ? scalar(key) : JSON.stringify(name)}:${shown}`;
      })
      .join('');
  }
}

/** The first line of a collection goes beside the dash. */
function compact(text: string): string {
  return text.replace(/^\n */, ' ');
}

/** Nothing leaves no space behind. */
function beside(text: string): string {
  return text === '' ? '' : ` ${text}`;
}

/** The mark for a URL says which URL it is; older Alertmanagers want a URL where they have one. */
function concealed(node: YamlNode): YamlScalar {
  const text = node.kind === 'scalar' ? node.text : HIDDEN;
  const origin = /^https?:\/\/(?:[^/?#\s{}@]*@)?([^/?#\s{}@]+)(?=[/?#]|$)/i.exec(text);
  const shown = origin ? `${origin[0].split('//')[0]}//${origin[1]}/${HIDDEN}` : HIDDEN;
  return {
    kind: 'scalar',
    text: text === '' ? '' : shown,
    plain: true,
    line: node.line,
    column: node.column,
  };
}

/** Plain stays plain if it fits on a line: it may be a number. A password within a URL is one of the secrets. */
function scalar({ text, plain }: YamlScalar): string {
  const open = text.replace(/(:\/\/[^/?#\s:@]*):[^/?#\s]*@/g, `$1:${HIDDEN_IN_URL}@`);
  if (plain && !/[\n\r]/.test(open)) return open;
  return PLAIN.test(open) && !isAmbiguous(open) ? open : JSON.stringify(open);
}

/** What would be something else than a text without its quotes. */
function isAmbiguous(text: string): boolean {
  return /^(?:[-+.\d]|y|n|yes|no|on|off|true|false|null|0[xo])/i.test(text) || / $/.test(text);
}
