// What must not be seen of an `<http_config>` in a text that another server wrote.

import { revealed, type SecretSource } from '../model/secret.js';
import type { HttpClientConfig } from './http-client.js';

/** The secrets of an `<http_config>`, also in the form in which they are sent. A secret whose file cannot be read is none. */
export function secretsOfHttp({ basic_auth: basic, authorization, headers }: HttpClientConfig): string[] {
  const password = reveal(basic?.password);
  const pair = basic ? [`${revealIt(basic.username)}:${password}`] : [];
  return [
    password,
    ...pair.map(each => Buffer.from(each).toString('base64')),
    reveal(authorization?.credentials),
    ...Object.values(headers ?? {}).map(reveal),
  ].filter(each => each !== '');
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
