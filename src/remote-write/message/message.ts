// What messages of remote write are made of. Comes in: series with their samples; goes out: bytes of protobuf. How the bytes of
// one version are laid out is the version's file.

import type { Labels } from '../../model/labels.js';

/** Samples as columns: entry i of each is of one sample. */
export interface SampleColumns {
  /** Milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** 1: no sample, but the end of the series, which is sent as a stale marker. */
  readonly ends: Uint8Array;
}

/** What a series' samples are sent with. */
export interface MetricMetadata {
  /** As in the text format: `counter`. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** Metadata of one family. */
export interface FamilyMetadata extends MetricMetadata {
  readonly name: string;
}

/** A series, and the places of its samples in the columns, in order of time. */
export interface SeriesSamples<Series> {
  readonly series: Series;
  readonly samples: readonly number[];
}

/** One version of the protocol. */
export interface MessageEncoder<Series = unknown> {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a receiver says in headers of its answer how many samples it has written. */
  readonly countsSamples: boolean;
  /** Makes a series ready to be sent any number of times. @param labels with external labels, sorted by name */
  prepare(labels: Labels): Series;
  encode(
    series: readonly SeriesSamples<Series>[],
    columns: SampleColumns,
    metadata: (name: string) => MetricMetadata | undefined,
  ): Uint8Array;
  /** A message with metadata alone; undefined where series carry their own. */
  encodeMetadata(families: readonly FamilyMetadata[]): Uint8Array | undefined;
}

/** Types of metrics by their numbers, which are the same in both versions. */
export const METRIC_TYPES = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const;

/** A type's number; 0 for one that is not known. */
export function numberOfType(type: string): number {
  return Math.max(0, (METRIC_TYPES as readonly string[]).indexOf(type));
}
