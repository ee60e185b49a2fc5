// Bounds of a job, which `global` gives defaults for. Source: Prometheus, config/config.go.

import type { Decoder, Field } from '../../config/decode.js';
import { parseBase2Bytes } from './base2-bytes.js';

export const LIMIT_KEYS = [
  'body_size_limit',
  'sample_limit',
  'target_limit',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'keep_dropped_targets',
] as const;

export type LimitKey = (typeof LIMIT_KEYS)[number];

/** By key; 0 is no limit. */
export type Limits = Readonly<Record<(typeof LIMIT_KEYS)[number], number>>;

export const NO_LIMITS = Object.fromEntries(LIMIT_KEYS.map(key => [key, 0])) as Limits;

/** Reads them; 0 takes the inherited one. */
export function readLimits(
  decoder: Decoder,
  fields: Partial<Record<(typeof LIMIT_KEYS)[number], Field>>,
  inherited: Limits,
): Limits {
  const read = (key: (typeof LIMIT_KEYS)[number]) =>
    key === 'body_size_limit' ? readBytes(decoder, fields[key]) : decoder.unsigned(fields[key]);
  return Object.fromEntries(LIMIT_KEYS.map(key => [key, read(key) || inherited[key]])) as Limits;
}

function readBytes(decoder: Decoder, node: Field): number {
  const text = decoder.text(node);
  const bytes = text === '' ? 0 : parseBase2Bytes(text);
  if (typeof bytes === 'number') return bytes;
  if (node) decoder.addMistake(node, bytes.reason);
  return 0;
}
