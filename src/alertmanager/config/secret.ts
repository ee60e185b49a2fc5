// Secrets of alertmanager.yml: written there, or in a file that is read when they are used.

import type { Decoder, Field } from '../../config/decode.js';
import { FileSecret } from '../../config/file-secret.js';
import { Secret, type SecretSource } from '../../model/secret.js';
import { readSecretUrl } from './url.js';

/** Two keys for one secret: itself and the file it is in. */
interface SecretFields {
  readonly inline: Field;
  readonly file: Field;
  /** Their names in messages: `slack_api_url & slack_api_url_file`. */
  readonly names: string;
}

/** The secret; undefined when neither key is there. */
export function readSecret(decoder: Decoder, fields: SecretFields): SecretSource | undefined {
  decoder.markSecret(fields.inline);
  const text = decoder.text(fields.inline);
  return either(decoder, fields, text === '' ? undefined : new Secret(text));
}

/** The same for a secret that is a URL. */
export function readUrlSecret(decoder: Decoder, fields: SecretFields): SecretSource | undefined {
  decoder.markSecret(fields.inline);
  return either(decoder, fields, readSecretUrl(decoder, fields.inline));
}

function either(
  decoder: Decoder,
  { file, names }: SecretFields,
  inline: Secret | undefined,
): SecretSource | undefined {
  const path = decoder.path(file);
  if (path === '') return inline;
  if (inline && file) decoder.addMistake(file, `at most one of ${names} must be configured`);
  return new FileSecret(path);
}
