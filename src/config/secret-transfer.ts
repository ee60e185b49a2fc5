// Configuration with secrets in it on its way to another thread.

import { Secret, SecretList, type SecretSource } from '../model/secret.js';
import { FileSecret, type FileSecretOptions } from './file-secret.js';

interface SerializedSecret {
  $secret: string;
}

interface SerializedSecretFile {
  $secretFile: string;
  options: FileSecretOptions;
}

interface SerializedSecretList {
  $secrets: readonly unknown[];
}

/** A value as a message can carry it: a secret's private field would not survive the copy. */
export function serializeSecrets<T>(value: T): T {
  return map(value, item => {
    if (item instanceof Secret) return { $secret: item.reveal() } satisfies SerializedSecret;
    if (item instanceof FileSecret)
      return { $secretFile: item.file, options: item.options } satisfies SerializedSecretFile;
    if (item instanceof SecretList)
      return { $secrets: item.secrets.map(serializeSecrets) } satisfies SerializedSecretList;
    return undefined;
  });
}

/** The other end of {@link serializeSecrets}. */
export function reviveSecrets<T>(value: T): T {
  return map(value, item => {
    const { $secret, $secretFile, $secrets, options } = (item ?? {}) as Partial<
      SerializedSecret & SerializedSecretFile & SerializedSecretList
    >;
    if ($secrets) return new SecretList($secrets.map(each => reviveSecrets(each) as SecretSource));
    if (typeof $secretFile === 'string') return new FileSecret($secretFile, options);
    return typeof $secret === 'string' ? new Secret($secret) : undefined;
  });
}

function map<T>(value: T, replace: (item: unknown) => unknown): T {
  const replaced = replace(value);
  if (replaced !== undefined) return replaced as T;
  if (Array.isArray(value)) return value.map(item => map(item, replace)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, replace)])) as T;
}
