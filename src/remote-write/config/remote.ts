// One entry of `remote_write`. Source: Prometheus, config/config.go (RemoteWriteConfig).

import { createHash } from 'node:crypto';
import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import { HTTP_CONFIG_KEYS, readHttpFields } from '../../config/http-client/read-config.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { readRelabelConfigs } from '../../relabel/read.js';
import { MESSAGES, type RemoteWriteConfig, type RemoteWriteMessage } from './definition.js';
import { HTTP_INSTEAD, KEYS_ELSEWHERE } from './elsewhere.js';
import { readHeaders } from './headers.js';
import { readMetadataConfig, readQueueConfig } from './queue.js';

const KEYS = [
  'url',
  'name',
  'remote_timeout',
  'headers',
  'write_relabel_configs',
  'send_exemplars',
  'send_native_histograms',
  'round_robin_dns',
  'protobuf_message',
  'queue_config',
  'metadata_config',
  ...HTTP_CONFIG_KEYS,
] as const;
export type RemoteWriteKey = (typeof KEYS)[number];

/** What there is none of here. */
const WITHOUT_EFFECT = {
  send_exemplars: 'exemplars are not kept',
  send_native_histograms: 'native histograms are not kept',
} as const;

const DEFAULT_TIMEOUT = 30_000;

/** Reads an entry. @param warn called for what has no effect */
export function readRemote(
  decoder: Decoder,
  node: YamlNode,
  warn: (node: YamlNode, reason: string) => void,
): RemoteWriteConfig {
  const fields = decoder.fields(node, 'config.RemoteWriteConfig', KEYS, KEYS_ELSEWHERE);
  for (const key of ['send_exemplars', 'send_native_histograms'] as const) {
    const field = fields[key];
    if (decoder.boolean(field) && field) warn(field, `${key} has no effect: ${WITHOUT_EFFECT[key]}`);
  }
  if (decoder.boolean(fields.round_robin_dns))
    decoder.addMistake(node, 'round_robin_dns is not supported; name a load balancer, or leave it out');
  const url = readUrl(decoder, node, fields.url);
  const http = readHttpFields(decoder, node, fields, HTTP_INSTEAD);
  const headers = { ...http.headers, ...readHeaders(decoder, fields.headers) };
  return {
    name: decoder.text(fields.name) || nameOf(url),
    url,
    timeout: decoder.duration(fields.remote_timeout) || DEFAULT_TIMEOUT,
    message: readMessage(decoder, fields.protobuf_message),
    http: { ...http, headers },
    relabelConfigs: readRelabelConfigs(decoder, fields.write_relabel_configs, {
      of: 'relabeling rule in remote write config',
      nameValidation: 'utf8',
    }),
    queue: readQueueConfig(decoder, fields.queue_config),
    metadata: readMetadataConfig(decoder, fields.metadata_config),
  };
}

/** As short as Prometheus' names; credentials are no part of it, so that a queue goes on when they change. */
function nameOf(url: string): string {
  return createHash('sha256').update(withoutCredentials(url)).digest('hex').slice(0, 6);
}

/** A URL without user and password. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return '';
  const open = new URL(url);
  open.username = '';
  open.password = '';
  return open.href;
}

function readUrl(decoder: Decoder, node: YamlNode, field: Field): string {
  const url = decoder.text(field);
  if (url === '' || isAbsent(field)) decoder.addMistake(node, 'url for remote_write is empty');
  // It may have a password in it: it is not repeated.
  else if (!/^https?:\/\/[^/]/i.test(url) || !URL.canParse(url))
    decoder.addMistake(field, 'url for remote_write is no address that begins with http:// or https://');
  return url;
}

function readMessage(decoder: Decoder, field: Field): RemoteWriteMessage {
  if (isAbsent(field)) return MESSAGES[0];
  const text = decoder.text(field);
  const message = MESSAGES.find(each => each === text);
  if (!message)
    decoder.addMistake(
      field,
      `unknown remote write protobuf message ${text}, supported: ${MESSAGES.join(', ')}`,
    );
  return message ?? MESSAGES[0];
}
