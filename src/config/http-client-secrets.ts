// What must not be seen of an `<http_config>` in a text that another server wrote.

import { revealed, type SecretSource } from '../model/secret.js';
import type { HttpClientConfig } from './http-client.js';

/** The secrets of an `<http_config>`, also in the form in which they are sent. A secret whose file cannot be read is none. */
export function secretsOfHttp({ basic_auth: basic, authorization, headers }: HttpClientConfig): string[] {
  const password = reveal(basic?.password);
  const pair = basic ? [`${revealIt(basic.username)}:${password}`] : [];
  return [
    password,
    ...pair.flatMap(base64Forms),
    reveal(authorization?.credentials),
    ...Object.values(headers ?? {}).map(reveal),
  ].filter(each => each !== '');
}

/** With the alphabet of mail and that of URLs; with and without the padding at the end. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const padded = bytes.toString('base64');
  return [padded, padded.replace(/=+$/, ''), bytes.toString('base64url')];
}

function reveal(secret: SecretSource | undefined): string {
  return secret === undefined ? '' : revealIt(secret);
}

function revealIt(secret: string | SecretSource): string {
  try {
    return revealed(secret);
  } catch {
    return '';
  }
}
