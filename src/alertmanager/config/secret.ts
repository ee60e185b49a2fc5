// Secrets of alertmanager.yml that are URLs: written there, or in a file that is read when they are used.

import type { Decoder } from '../../config/decode.js';
import { eitherSecret, type SecretFields } from '../../config/http-client/read-secret.js';
import type { SecretSource } from '../../model/secret.js';
import { readSecretUrl } from './url.js';

/** The URL; undefined when neither key is there. */
export function readUrlSecret(decoder: Decoder, fields: SecretFields): SecretSource | undefined {
  decoder.markSecret(fields.inline);
  return eitherSecret(decoder, fields, readSecretUrl(decoder, fields.inline));
}
