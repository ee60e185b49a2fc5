// A service's configuration as it was understood, for people: secrets are hidden, whatever they are kept in.

import { hideCredentials } from '../model/hide-credentials.js';

const HIDDEN = '<secret>';

/** Plain JSON of options; what is undefined is left out. */
export function maskedOptions(value: unknown): unknown {
  if (typeof value === 'string') return hideCredentials(value);
  if (value === null || typeof value !== 'object') return value;
  if (typeof (value as { reveal?: unknown }).reveal === 'function') return HIDDEN;
  if (Array.isArray(value)) return value.map(maskedOptions);
  if (value instanceof Map) return maskedOptions(Object.fromEntries(value));
  if (value instanceof RegExp) return value.source;
  const entries = Object.entries(value).filter(
    ([, each]) => each !== undefined && typeof each !== 'function',
  );
  return Object.fromEntries(entries.map(([name, each]) => [name, maskedOptions(each)]));
}
