// What must not be seen of an `<http_config>` in a text that another server wrote.

import { hideable } from '../../model/secret.js';
import type { HttpClientConfig } from './config.js';

/** The secrets of an `<http_config>`, also in the form in which they are sent; those in files as they are and were lately. */
export function secretsOfHttp({ basic_auth: basic, authorization, headers }: HttpClientConfig): string[] {
  const passwords = hideable(basic?.password);
  const pairs = hideable(basic?.username).flatMap(user =>
    (passwords.length > 0 ? passwords : ['']).map(password => `${user}:${password}`),
  );
  return [
    ...passwords,
    ...pairs.flatMap(base64Forms),
    ...hideable(authorization?.credentials),
    ...Object.values(headers ?? {}).flatMap(hideable),
  ].filter(each => each !== '');
}

/** With the alphabet of mail and that of URLs; with and without the padding at the end. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const padded = bytes.toString('base64');
  return [padded, padded.replace(/=+$/, ''), bytes.toString('base64url')];
}
