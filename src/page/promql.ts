// What a PromQL answer holds.

/** A series of a PromQL answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Of an instant query. */
  readonly value: readonly [number, string];
  /** Of a range query. */
  readonly values: readonly (readonly [number, string])[];
}
