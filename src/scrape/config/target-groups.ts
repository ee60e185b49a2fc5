// Groups of targets, as `static_configs` and the files of `file_sd_configs` have them. Comes in: YAML; goes out: groups, or
// mistakes in Prometheus' words. Source: Prometheus, discovery/targetgroup.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { quote } from '../../go/quote.js';
import { isLabelName, type NameValidation } from '../../model/label-name.js';
import type { TargetGroup } from './definition.js';

export const ADDRESS = '__address__';

/** How Go prints the type, which has no name. */
const GROUP_TYPE =
  'struct { Targets []string "yaml:\\"targets\\""; Labels model.LabelSet "yaml:\\"labels\\"" }';

/** Reads one group. @param source what tells it from others */
export function readTargetGroup(
  decoder: Decoder,
  node: Field,
  source: string,
  validation: NameValidation,
): TargetGroup {
  const fields = decoder.fields(node, GROUP_TYPE, ['targets', 'labels']);
  const targets = decoder.list(fields.targets, 'string').map(item => ({ [ADDRESS]: decoder.text(item) }));
  return { source, targets, labels: readLabelSet(decoder, fields.labels, validation) };
}

/** Reads labels by name. */
export function readLabelSet(
  decoder: Decoder,
  node: Field,
  validation: NameValidation,
): Record<string, string> {
  if (isAbsent(node)) return {};
  if (node.kind !== 'mapping') {
    decoder.refuseType(node, 'model.LabelSet');
    return {};
  }
  const pairs = decoder.entries(node, 'model.LabelSet');
  for (const [name] of pairs)
    if (!isLabelName(name, validation)) decoder.addMistake(node, `${quote(name)} is not a valid label name`);
  return Object.fromEntries(pairs.map(([name, value]) => [name, decoder.text(value)]));
}

/** Reads `static_configs`. @param isRelabelled addresses may be anything that relabelling makes an address of */
export function readStaticConfigs(
  decoder: Decoder,
  node: Field,
  validation: NameValidation,
  isRelabelled: boolean,
): TargetGroup[] {
  return decoder.list(node, '*targetgroup.Group').map((item, i) => {
    if (isAbsent(item))
      decoder.addMistake(item as unknown as YamlNode, 'empty or null section in static_configs');
    const group = readTargetGroup(decoder, item, String(i), validation);
    const wrong = group.targets.find(target => target[ADDRESS]?.includes('/'))?.[ADDRESS];
    if (wrong !== undefined && !isRelabelled)
      decoder.addMistake(item, `${quote(wrong)} is not a valid hostname`);
    return group;
  });
}
