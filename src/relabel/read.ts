// `relabel_configs` and its like. Comes in: YAML; goes out: the steps, or mistakes in Prometheus' words.
// Source: Prometheus, model/relabel/relabel.go.

import { type Decoder, type Field, isAbsent, isNull } from '../config/decode.js';
import type { YamlNode } from '../config/yaml-tree.js';
import { quote } from '../go/quote.js';
import { compileRegexp } from '../go/regexp.js';
import { isLabelName, type NameValidation } from '../model/label-name.js';
import {
  DEFAULT_RELABEL_CONFIG as DEFAULT,
  RELABEL_ACTIONS,
  type RelabelAction,
  type RelabelConfig,
} from './config.js';

const KEYS = [
  'source_labels',
  'separator',
  'regex',
  'modulus',
  'target_label',
  'replacement',
  'action',
] as const;
export type RelabelKey = (typeof KEYS)[number];
type Fields = Partial<Record<RelabelKey, YamlNode>>;

/** The target of a `replace` may be a template: names of letters, digits and `_`, and references. */
const LEGACY_TEMPLATE = /^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$/;

interface RelabelSettings {
  /** What the steps are of, in messages: `target relabeling rule in scrape config`. */
  readonly of: string;
  readonly nameValidation: NameValidation;
}

/** The steps of a list; none when it is not there. Mistakes are added to the decoder's. */
export function readRelabelConfigs(
  decoder: Decoder,
  node: Field,
  { of, nameValidation }: RelabelSettings,
): RelabelConfig[] {
  return decoder.list(node, '*relabel.Config').flatMap(item => {
    if (isAbsent(item)) {
      decoder.addMistake(item as unknown as YamlNode, `empty or null ${of}`);
      return [];
    }
    const config = readStep(decoder, item, nameValidation);
    return config ? [config] : [];
  });
}

function readStep(
  decoder: Decoder,
  node: YamlNode,
  nameValidation: NameValidation,
): RelabelConfig | undefined {
  const known = decoder.problems.length;
  const fields: Fields = decoder.fields(node, 'relabel.plain', KEYS);
  const config: RelabelConfig = {
    action: readAction(decoder, fields.action),
    sourceLabels: readSourceLabels(decoder, fields.source_labels, nameValidation),
    separator: textOf(decoder, fields.separator, DEFAULT.separator),
    regex: readRegex(decoder, fields.regex),
    modulus: decoder.unsigned(fields.modulus),
    targetLabel: decoder.text(fields.target_label),
    replacement: textOf(decoder, fields.replacement, DEFAULT.replacement),
    nameValidation,
  };
  const problem = decoder.problems.length > known ? undefined : problemOf(config, fields);
  if (problem) decoder.addMistake(node, problem);
  return decoder.problems.length > known ? undefined : config;
}

function readAction(decoder: Decoder, node: Field): RelabelAction {
  if (isNull(node)) decoder.addMistake(node as YamlNode, 'relabel action cannot be empty');
  if (isAbsent(node)) return DEFAULT.action;
  const text = decoder.text(node);
  const action = RELABEL_ACTIONS.find(each => each === text.toLowerCase());
  if (!action && node.kind === 'scalar') decoder.addMistake(node, `unknown relabel action ${quote(text)}`);
  return action ?? DEFAULT.action;
}

function readSourceLabels(decoder: Decoder, node: Field, validation: NameValidation): string[] {
  if (!isAbsent(node) && node.kind !== 'sequence') {
    // `source_labels: name` is how it is often misread.
    decoder.refuseType(node, 'model.LabelNames');
    return [];
  }
  return decoder.list(node, 'model.LabelName').map(item => {
    const name = decoder.text(item);
    if (item.kind === 'scalar' && !isLabelName(name, validation))
      decoder.addMistake(item, `${quote(name)} is not a valid label name`);
    return name;
  });
}

function readRegex(decoder: Decoder, node: Field): string {
  const text = textOf(decoder, node, DEFAULT.regex);
  try {
    compileRegexp(text);
  } catch (error) {
    if (node) decoder.addMistake(node, (error as Error).message);
  }
  return text;
}

function textOf(decoder: Decoder, node: Field, fallback: string): string {
  return isNull(node) ? '' : decoder.text(node, fallback);
}

const NEEDS_TARGET: ReadonlySet<RelabelAction> = new Set([
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]);
const KEEPS_REPLACEMENT: ReadonlySet<RelabelAction> = new Set([
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]);

function problemOf(config: RelabelConfig, fields: Fields): string | undefined {
  const { action, modulus, targetLabel, replacement } = config;
  if (modulus === 0 && action === 'hashmod')
    return 'relabel configuration for hashmod requires non-zero modulus';
  if (NEEDS_TARGET.has(action) && targetLabel === '')
    return `relabel configuration for ${action} action requires 'target_label' value`;
  if (NEEDS_TARGET.has(action) && !isTarget(config))
    return `${quote(targetLabel)} is invalid 'target_label' for ${action} action`;
  if (KEEPS_REPLACEMENT.has(action) && replacement !== DEFAULT.replacement)
    return `'replacement' can not be set for ${action} action`;
  if (action === 'labelmap' && !isTemplate(replacement, config.nameValidation))
    return `${quote(replacement)} is invalid 'replacement' for ${action} action`;
  const isOtherwise = modulus !== 0 || config.separator !== DEFAULT.separator;
  if ((action === 'dropequal' || action === 'keepequal') && (isOtherwise || !isAbsent(fields.regex)))
    return `${action} action requires only 'source_labels' and \`target_label\`, and no other fields`;
  const isPlain = isAbsent(fields.source_labels) && targetLabel === '' && replacement === DEFAULT.replacement;
  if ((action === 'labeldrop' || action === 'labelkeep') && (isOtherwise || !isPlain))
    return `${action} action requires only 'regex', and no other fields`;
  return undefined;
}

function isTarget({ action, targetLabel, nameValidation }: RelabelConfig): boolean {
  return action === 'replace' && targetLabel.includes('$')
    ? isTemplate(targetLabel, nameValidation)
    : isLabelName(targetLabel, nameValidation);
}

function isTemplate(text: string, validation: NameValidation): boolean {
  return validation === 'legacy' ? LEGACY_TEMPLATE.test(text) : isLabelName(text);
}
