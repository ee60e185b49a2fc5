// `http_headers` of an `<http_config>`. Source: prometheus/common, config/headers.go.

import { Secret, SecretList, type SecretSource } from '../../model/secret.js';
import { readBounded } from '../bounded-file.js';
import { type Decoder, type Field, isAbsent } from '../decode.js';
import { fileProblem } from '../file-problem.js';
import { FileSecret } from '../file-secret.js';
import type { YamlNode } from '../yaml-tree.js';

/** Newer Alertmanagers have the values below the name of the header, as Prometheus has. */
const VALUE_KEYS = ['values', 'secrets', 'files'] as const;
export type HeaderValueKey = (typeof VALUE_KEYS)[number];

/** Headers that belong to the connection or a protocol, or have keys of their own; in lower case. */
export const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'user-agent',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'www-authenticate',
  'accept-encoding',
  'x-prometheus-remote-write-version',
  'x-prometheus-remote-read-version',
  'x-prometheus-scrape-timeout-seconds',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

/** Reads `http_headers`: `NAME: {values: [...], secrets: [...], files: [...]}`; undefined when there are none. */
export function readHttpHeaders(decoder: Decoder, node: Field): Record<string, SecretSource> | undefined {
  if (isAbsent(node)) return undefined;
  const headers: Record<string, SecretSource> = {};
  for (const [name, value] of decoder.entries(node, 'map[string]config.Header')) {
    const shown = canonical(name);
    if (RESERVED_HEADERS.has(name.toLowerCase()))
      decoder.addMistake(value, `setting header "${shown}" is not allowed`);
    if (Object.hasOwn(headers, name.toLowerCase()))
      decoder.addMistake(value, `header "${shown}" is defined in multiple sections`);
    headers[name.toLowerCase()] = new SecretList(readValues(decoder, value, shown));
  }
  return headers;
}

function readValues(decoder: Decoder, node: YamlNode, header: string): SecretSource[] {
  // A value in the place of `{secrets: [...]}` is one, too.
  if (node.kind === 'scalar') decoder.markSecret(node);
  const fields = decoder.fields(node, 'config.plain', VALUE_KEYS);
  if (fields.secrets?.kind === 'scalar') decoder.markSecret(fields.secrets);
  const secrets = decoder.list(fields.secrets, 'config.Secret');
  for (const each of secrets) decoder.markSecret(each);
  const written = [...decoder.list(fields.values, 'string'), ...secrets].map(
    each => new Secret(decoder.text(each)),
  );
  const files = decoder.list(fields.files, 'string').map(each => {
    const file = decoder.path(each);
    const problem = readProblem(file);
    if (problem) decoder.addMistake(each, `unable to read header "${header}" from file ${file}: ${problem}`);
    return new FileSecret(file);
  });
  return [...written, ...files];
}

function readProblem(file: string): string | undefined {
  try {
    readBounded(file);
    return undefined;
  } catch (error) {
    return fileProblem(error);
  }
}

/** `x-tenant-id` as `X-Tenant-Id`. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase());
}
