// `receivers` of alertmanager.yml: the receivers and their integrations. Each kind reads its own keys.

import { type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import type { ReceiverKind } from '../receivers/receiver.js';
import type { Global, IntegrationDefinition, ReceiverDefinition } from './definition.js';
import { newerKeys } from './newer-keys.js';
import type { TemplateDecoder } from './template-decoder.js';

/** Ways that Alertmanager has and we do not. */
const OTHERS = [
  'opsgenie_configs',
  'victorops_configs',
  'pushover_configs',
  'sns_configs',
  'webex_configs',
  'wechat_configs',
  'msteams_configs',
  'msteamsv2_configs',
  'jira_configs',
  'rocketchat_configs',
  'incidentio_configs',
  'mattermost_configs',
];

/** Reads the list of receivers, each with what is set up for it by kinds of the catalogue. */
export function readReceivers(
  decoder: TemplateDecoder,
  node: Field,
  global: Global,
  kinds: readonly ReceiverKind[],
): ReceiverDefinition[] {
  return decoder.list(node, 'config.Receiver').map(each => readReceiver(decoder, each, global, kinds));
}

function readReceiver(
  decoder: TemplateDecoder,
  node: YamlNode,
  global: Global,
  kinds: readonly ReceiverKind[],
): ReceiverDefinition {
  const known = ['name', ...kinds.map(({ key }) => key), ...OTHERS];
  const fields: Partial<Record<string, YamlNode>> = decoder.fields(
    node,
    'config.plain',
    known,
    newerKeys('receiver'),
  );
  const name = decoder.text(fields.name);
  if (name === '') decoder.addMistake(node, 'missing name in receiver');
  for (const key of OTHERS) refuse(decoder, fields[key], key);
  const integrations = kinds.flatMap(kind => readIntegrations(decoder, fields[kind.key], global, kind));
  return { name, integrations };
}

function refuse(decoder: TemplateDecoder, node: Field, key: string): void {
  if (isAbsent(node) || (node.kind === 'sequence' && node.items.length === 0)) return;
  decoder.addMistake(
    node,
    `${key} are not supported; use webhook_configs, or run Alertmanager and name it in alerting.alertmanagers`,
  );
}

function readIntegrations(
  decoder: TemplateDecoder,
  node: Field,
  global: Global,
  kind: ReceiverKind,
): IntegrationDefinition[] {
  const type = `*config.${kind.integration.charAt(0).toUpperCase()}${kind.integration.slice(1)}Config`;
  return decoder.list(node, type).flatMap((each, index) => {
    if (isAbsent(each)) {
      decoder.addMistake(each, `missing ${kind.integration} config`);
      return [];
    }
    const [sendResolved, rest] = decoder.expect(each, 'config.plain', 'send_resolved');
    if (!rest) return [];
    const options = kind.read(decoder, rest, global);
    return [
      {
        integration: kind.integration,
        index,
        sendResolved: decoder.boolean(sendResolved, kind.sendsResolved),
        options,
      },
    ];
  });
}
