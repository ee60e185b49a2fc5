// `<tls_config>`. Source: prometheus/common, config/http_config.go.

import { Secret } from '../../model/secret.js';
import { readBounded } from '../bounded-file.js';
import { type Decoder, type Field, isAbsent } from '../decode.js';
import { fileProblem } from '../file-problem.js';
import type { TlsConfig, TlsVersion } from './config.js';

const KEYS = [
  'ca',
  'cert',
  'key',
  'ca_file',
  'cert_file',
  'key_file',
  'ca_ref',
  'cert_ref',
  'key_ref',
  'server_name',
  'insecure_skip_verify',
  'min_version',
  'max_version',
] as const;

const VERSIONS: Readonly<Record<string, TlsVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

export type TlsKey = (typeof KEYS)[number];
type Fields = Partial<Record<TlsKey, Field>>;

/** Reads a `<tls_config>`; undefined when it is not there. Its files have to be readable. */
export function readTlsConfig(decoder: Decoder, node: Field): TlsConfig | undefined {
  if (isAbsent(node)) return undefined;
  if (node.kind === 'scalar') decoder.markSecret(node);
  const fields: Fields = decoder.fields(node, 'config.plain', KEYS);
  decoder.markSecret(fields.key);
  checkSources(decoder, node, fields);
  const key = decoder.text(fields.key);
  return {
    ca: decoder.text(fields.ca) || undefined,
    cert: decoder.text(fields.cert) || undefined,
    key: key === '' ? undefined : new Secret(key),
    ca_file: readableFile(decoder, fields.ca_file),
    cert_file: readableFile(decoder, fields.cert_file),
    key_file: readableFile(decoder, fields.key_file),
    server_name: decoder.text(fields.server_name) || undefined,
    insecure_skip_verify: decoder.boolean(fields.insecure_skip_verify),
    min_version: readVersion(decoder, fields.min_version),
    max_version: readVersion(decoder, fields.max_version),
  };
}

function checkSources(decoder: Decoder, node: { readonly line: number }, fields: Fields): void {
  const isGiven = (key: keyof Fields) => decoder.text(fields[key]) !== '';
  for (const name of ['ca', 'cert', 'key'] as const) {
    if (isGiven(`${name}_ref`)) refuseSecretManager(decoder, node, `${name}_ref`, `${name}_file`);
    if (isGiven(name) && isGiven(`${name}_file`))
      decoder.addMistake(node, `at most one of ${name}, ${name}_file & ${name}_ref must be configured`);
  }
  const [hasCert, hasKey] = [isGiven('cert') || isGiven('cert_file'), isGiven('key') || isGiven('key_file')];
  if (hasCert && !hasKey)
    decoder.addMistake(
      node,
      'exactly one of key or key_file must be configured when a client certificate is configured',
    );
  if (hasKey && !hasCert)
    decoder.addMistake(
      node,
      'exactly one of cert or cert_file must be configured when a client key is configured',
    );
}

/** Refuses a key that names a secret in a secret manager. */
export function refuseSecretManager(
  decoder: Decoder,
  node: { readonly line: number },
  key: string,
  instead: string,
): void {
  decoder.addMistake(node, `${key}: there is no secret manager here; use ${instead}`);
}

function readableFile(decoder: Decoder, node: Field): string | undefined {
  const path = decoder.path(node);
  if (path === '' || !node) return undefined;
  try {
    readBounded(path);
  } catch (error) {
    decoder.addMistake(node, `cannot read ${path}: ${fileProblem(error)}`);
  }
  return path;
}

function readVersion(decoder: Decoder, node: Field): TlsVersion | undefined {
  if (isAbsent(node)) return undefined;
  const text = decoder.text(node);
  const version = VERSIONS[text];
  if (!version && node.kind === 'scalar') decoder.addMistake(node, `unknown TLS version: ${text}`);
  return version;
}
