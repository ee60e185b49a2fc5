// Secrets of files in Prometheus' and Alertmanager's format: written there, or in a file that is read when they are used.

import { Secret, type SecretSource } from '../../model/secret.js';
import type { Decoder, Field } from '../decode.js';
import { FileSecret } from '../file-secret.js';

/** Two keys for one secret: itself and the file it is in. */
export interface SecretFields {
  readonly inline: Field;
  readonly file: Field;
  /** Their names in messages: `slack_api_url & slack_api_url_file`. */
  readonly names: string;
}

/** The secret; undefined when neither key is there. */
export function readSecret(decoder: Decoder, fields: SecretFields): SecretSource | undefined {
  decoder.markSecret(fields.inline);
  const text = decoder.text(fields.inline);
  return eitherSecret(decoder, fields, text === '' ? undefined : new Secret(text));
}

/** A secret that was written, or the one in the file; a mistake when there are both. */
export function eitherSecret(
  decoder: Decoder,
  { file, names }: SecretFields,
  inline: Secret | undefined,
): SecretSource | undefined {
  const path = decoder.path(file);
  if (path === '') return inline;
  if (inline && file) decoder.addMistake(file, `at most one of ${names} must be configured`);
  return new FileSecret(path);
}
