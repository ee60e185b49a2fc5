// `inhibit_rules` of alertmanager.yml. Source: Alertmanager, config/config.go.

import type { Decoder, Field } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { isLabelName } from '../../model/label-name.js';
import { quote } from '../../promql/print/quote.js';
import type { InhibitRule } from './definition.js';
import { readMatchers } from './matchers.js';

const KEYS = [
  'name',
  'source_match',
  'source_match_re',
  'source_matchers',
  'target_match',
  'target_match_re',
  'target_matchers',
  'equal',
] as const;

/** Reads the list of rules. */
export function readInhibitRules(decoder: Decoder, node: Field): InhibitRule[] {
  return decoder.list(node, 'config.InhibitRule').map(each => readRule(decoder, each));
}

function readRule(decoder: Decoder, node: YamlNode): InhibitRule {
  const fields = decoder.fields(node, 'config.plain', KEYS);
  decoder.text(fields.name);
  const side = (which: 'source' | 'target') =>
    readMatchers(decoder, {
      matchers: fields[`${which}_matchers`],
      match: fields[`${which}_match`],
      matchRe: fields[`${which}_match_re`],
    });
  return {
    sourceMatchers: side('source'),
    targetMatchers: side('target'),
    equal: decoder.list(fields.equal, 'string').map(each => readName(decoder, each)),
  };
}

function readName(decoder: Decoder, node: YamlNode): string {
  const name = decoder.text(node);
  if (node.kind === 'scalar' && !isLabelName(name))
    decoder.addMistake(node, `invalid label name ${quote(name)} in equal list`);
  return name;
}
