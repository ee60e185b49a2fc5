// `pagerduty_configs` of alertmanager.yml. Source: Alertmanager, "Configuration", <pagerduty_config>.

import { type Field, isAbsent } from '../../../config/decode.js';
import type { HttpClientConfig } from '../../../config/http-client/config.js';
import { readSecret } from '../../../config/http-client/read-secret.js';
import type { YamlNode } from '../../../config/yaml-tree.js';
import { Secret, type SecretSource } from '../../../model/secret.js';
import type { Millis } from '../../../model/time.js';
import type { Global } from '../../config/definition.js';
import { readHttpConfig } from '../../config/http-config.js';
import type { TemplateDecoder } from '../../config/template-decoder.js';
import { readUrl } from '../../config/url.js';

/** Templates, one in another as the configuration has them. */
export type Detail = string | readonly Detail[] | { readonly [name: string]: Detail };

export interface PagerdutyOptions {
  readonly http: HttpClientConfig;
  readonly url: string;
  readonly timeout: Millis;
  /** May be a template. */
  readonly routingKey: SecretSource;
  readonly client: string;
  readonly clientUrl: string;
  readonly description: string;
  readonly details: ReadonlyMap<string, Detail>;
  readonly images: readonly { readonly src: string; readonly alt: string; readonly href: string }[];
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly source: string;
  readonly severity: string;
  readonly class: string;
  readonly component: string;
  readonly group: string;
}

const KEYS = [
  'http_config',
  'service_key',
  'service_key_file',
  'routing_key',
  'routing_key_file',
  'url',
  'client',
  'client_url',
  'description',
  'details',
  'images',
  'links',
  'source',
  'severity',
  'class',
  'component',
  'group',
  'timeout',
] as const;

const DEFAULT_DETAILS: readonly (readonly [string, string])[] = [
  ['firing', '{{ template "pagerduty.default.instances" .Alerts.Firing }}'],
  ['resolved', '{{ template "pagerduty.default.instances" .Alerts.Resolved }}'],
  ['num_firing', '{{ .Alerts.Firing | len }}'],
  ['num_resolved', '{{ .Alerts.Resolved | len }}'],
];

type Fields = Partial<Record<(typeof KEYS)[number], YamlNode>>;

/** Reads one entry. */
export function readPagerduty(decoder: TemplateDecoder, node: Field, global: Global): PagerdutyOptions {
  const fields: Fields = decoder.fields(node, 'config.plain', KEYS);
  const text = (key: keyof Fields, otherwise = '') => decoder.template(fields[key], otherwise);
  const client = text('client', '{{ template "pagerduty.default.client" . }}');
  return {
    http: readHttpConfig(decoder, fields.http_config, global.http),
    url: readUrl(decoder, fields.url) ?? global.pagerdutyUrl,
    timeout: decoder.duration(fields.timeout) ?? 0,
    routingKey: readRoutingKey(decoder, node, fields),
    client,
    clientUrl: text('client_url', '{{ template "pagerduty.default.clientURL" . }}'),
    description: text('description', '{{ template "pagerduty.default.description" . }}'),
    details: readDetails(decoder, fields.details),
    images: decoder
      .list(fields.images, 'config.PagerdutyImage')
      .map(each => readTexts(decoder, each, ['src', 'alt', 'href'])),
    links: decoder
      .list(fields.links, 'config.PagerdutyLink')
      .map(each => readTexts(decoder, each, ['href', 'text'])),
    source: text('source') || client,
    severity: text('severity') || 'error',
    class: text('class'),
    component: text('component'),
    group: text('group'),
  };
}

function readRoutingKey(decoder: TemplateDecoder, node: Field, fields: Fields): SecretSource {
  decoder.secretTemplate(fields.routing_key);
  decoder.markSecret(fields.service_key);
  const isOld = [fields.service_key, fields.service_key_file].some(each => !isAbsent(each));
  const key = readSecret(decoder, {
    inline: fields.routing_key,
    file: fields.routing_key_file,
    names: 'routing_key & routing_key_file',
  });
  if (isOld && node)
    decoder.addMistake(
      node,
      'service_key is of the Events API v1, which is not supported; set routing_key to the integration key of an Events API v2 integration',
    );
  else if (!key && node) decoder.addMistake(node, 'missing service or routing key in PagerDuty config');
  return key ?? new Secret('');
}

function readDetails(decoder: TemplateDecoder, node: Field): Map<string, Detail> {
  const own = decoder
    .entries(node, 'map[string]interface {}')
    .map(([name, value]) => [name, readDetail(decoder, value)] as const);
  return new Map<string, Detail>([...DEFAULT_DETAILS, ...own]);
}

function readDetail(decoder: TemplateDecoder, node: YamlNode): Detail {
  if (node.kind === 'scalar') return decoder.template(node);
  if (node.kind === 'sequence') return node.items.map(item => readDetail(decoder, item));
  const pairs = decoder.entries(node, 'map[string]interface {}');
  return Object.fromEntries(pairs.map(([name, value]) => [name, readDetail(decoder, value)]));
}

function readTexts<Key extends string>(
  decoder: TemplateDecoder,
  node: YamlNode,
  keys: readonly Key[],
): Record<Key, string> {
  const fields = decoder.fields(node, 'config.plain', keys);
  return Object.fromEntries(keys.map(key => [key, decoder.template(fields[key])])) as Record<Key, string>;
}
