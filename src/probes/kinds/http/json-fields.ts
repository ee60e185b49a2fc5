// Fields of another server's JSON, whatever they turn out to be.

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object, or an empty one in place of anything else. */
export function objectOf(value: unknown): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

/**
 * A text; '' for anything else. Half a surrogate pair becomes U+FFFD here, as it does in labels: two names must not
 * become one there.
 */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? Buffer.from(value).toString() : '';
}

/** A number; NaN for anything else. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
