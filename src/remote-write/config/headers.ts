// `headers` of a remote write: NAME: VALUE. Source: Prometheus, config/config.go (reservedHeaders).

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import { RESERVED_HEADERS } from '../../config/http-client/read-headers.js';
import { Secret, type SecretSource } from '../../model/secret.js';

/** Reads them; values are secrets, as tokens are often sent so. */
export function readHeaders(decoder: Decoder, node: Field): Record<string, SecretSource> {
  if (isAbsent(node)) return {};
  const headers: Record<string, SecretSource> = {};
  for (const [name, value] of decoder.entries(node, 'map[string]string')) {
    decoder.markSecret(value);
    const lower = name.toLowerCase();
    if (lower === 'authorization')
      decoder.addMistake(
        value,
        'authorization header must be changed via the basic_auth or authorization parameter',
      );
    else if (RESERVED_HEADERS.has(lower))
      decoder.addMistake(value, `${name} is a reserved header. It must not be changed`);
    else if (Object.hasOwn(headers, lower))
      decoder.addMistake(value, `header ${name} is there twice in headers`);
    headers[lower] = new Secret(decoder.text(value));
  }
  return headers;
}
