// What is to be checked and how often: comes out of the configuration, goes to the prober, across a thread's border.

import { FileSecret, type FileSecretOptions } from '../config/file-secret.js';
import { Secret } from '../model/secret.js';
import type { Confirm } from '../model/service.js';
import type { Millis } from '../model/time.js';
import type { Concurrency } from './concurrency.js';
import type { ConnectionLimits } from './probe.js';

/** One thing to check. */
export interface TargetConfig {
  /** The value of `target`. */
  readonly id: string;
  readonly kind: string;
  /** False for the node's own figures, which are no service's health. */
  readonly isService: boolean;
  /** The kind's own options, checked. */
  readonly options: unknown;
  readonly critical: boolean;
  readonly timeout: Millis;
  /** Slower than this is degraded. */
  readonly slowAfter: Millis;
  readonly confirm: Confirm;
  /** Most samples of one check; Infinity for any number. */
  readonly sampleLimit: number;
  /** While the cluster is healthy. */
  readonly interval: Millis;
}

/** Everything to check, and the bounds of it. */
export interface ProberConfig {
  readonly targets: readonly TargetConfig[];
  readonly concurrency: Concurrency;
  readonly connections: ConnectionLimits;
  /** Length of a scan while the cluster is healthy. */
  readonly scan: Millis;
}

interface SerializedSecret {
  $secret: string;
}

interface SerializedSecretFile {
  $secretFile: string;
  options: FileSecretOptions;
}

/** A plan as a message can carry it: a secret's private field would not survive the copy. */
export function serializeSecrets<T>(value: T): T {
  return map(value, item => {
    if (item instanceof Secret) return { $secret: item.reveal() } satisfies SerializedSecret;
    if (item instanceof FileSecret)
      return { $secretFile: item.file, options: item.options } satisfies SerializedSecretFile;
    return undefined;
  });
}

/** The other end of {@link serializeSecrets}. */
export function reviveSecrets<T>(value: T): T {
  return map(value, item => {
    const { $secret, $secretFile, options } = (item ?? {}) as Partial<
      SerializedSecret & SerializedSecretFile
    >;
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
