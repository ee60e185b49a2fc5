// What a metric family is before it has samples. Probe kinds declare them, the exposition prints them.

/** Prometheus' metric types as far as readings have them; a histogram's series are its `_bucket`, `_sum`, `_count`. */
export type FamilyType = 'gauge' | 'counter' | 'untyped' | 'histogram';

/**
 * A family of samples a probe can measure. Its series carry `target` first, then `labels` in this order.
 * Source for the form: Prometheus' "Writing exporters" and the exporters whose names are kept.
 */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: FamilyType;
  readonly labels: readonly string[];
}

/** Writes a family down: name, help, type (gauge unless said), label names beside `target`. */
export function family(
  name: string,
  help: string,
  type: FamilyType = 'gauge',
  labels: readonly string[] = [],
): MetricFamily {
  return { name, help, type, labels };
}
