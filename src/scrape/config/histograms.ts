// Keys about native histograms, which are not supported: what asks for none is accepted, what asks for them is refused.
// Source: Prometheus, config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';

/** Keys of `global` and of jobs. */
export const HISTOGRAM_KEYS = [
  'scrape_native_histograms',
  'convert_classic_histograms_to_nhcb',
  'always_scrape_classic_histograms',
  'extra_scrape_metrics',
] as const;
/** Keys of jobs alone. The first is the third one's name in Prometheus 2. */
export const JOB_HISTOGRAM_KEYS = [
  'scrape_classic_histograms',
  'native_histogram_bucket_limit',
  'native_histogram_min_bucket_factor',
] as const;

export type HistogramKey = (typeof HISTOGRAM_KEYS)[number];
export type JobHistogramKey = (typeof JOB_HISTOGRAM_KEYS)[number];
type Keys = HistogramKey | JobHistogramKey;

/** Reads the keys; classic histograms are scraped always, and there are no buckets to be merged. */
export function readHistogramKeys(decoder: Decoder, fields: Partial<Record<Keys, Field>>): void {
  decoder.boolean(fields.always_scrape_classic_histograms);
  decoder.boolean(fields.scrape_classic_histograms);
  decoder.unsigned(fields.native_histogram_bucket_limit);
  decoder.float(fields.native_histogram_min_bucket_factor);
  for (const key of ['scrape_native_histograms', 'convert_classic_histograms_to_nhcb'] as const)
    refuseTrue(decoder, fields[key], `${key}: native histograms are not supported; set it to false`);
  refuseTrue(
    decoder,
    fields.extra_scrape_metrics,
    'extra_scrape_metrics: these metrics are not supported; set it to false',
  );
}

function refuseTrue(decoder: Decoder, node: Field, reason: string): void {
  if (decoder.boolean(node) && !isAbsent(node)) decoder.addMistake(node, reason);
}
