// `queue_config` and `metadata_config`. Source: Prometheus, config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import type { MetadataConfig, QueueConfig } from './definition.js';

const QUEUE_KEYS = [
  'capacity',
  'max_shards',
  'min_shards',
  'max_samples_per_send',
  'batch_send_deadline',
  'min_backoff',
  'max_backoff',
  'retry_on_http_429',
  'sample_age_limit',
] as const;
const METADATA_KEYS = ['send', 'send_interval', 'max_samples_per_send'] as const;

export type QueueKey = (typeof QUEUE_KEYS)[number];
export type MetadataKey = (typeof METADATA_KEYS)[number];

export const DEFAULT_QUEUE: QueueConfig = {
  capacity: 10_000,
  maxShards: 50,
  minShards: 1,
  maxSamplesPerSend: 2000,
  batchSendDeadline: 5000,
  minBackoff: 30,
  maxBackoff: 5000,
  retryOnHttp429: false,
  sampleAgeLimit: 0,
};

export const DEFAULT_METADATA: MetadataConfig = {
  send: true,
  sendInterval: 60_000,
  maxSamplesPerSend: 2000,
};

/** Reads `queue_config`. */
export function readQueueConfig(decoder: Decoder, node: Field): QueueConfig {
  if (isAbsent(node)) return DEFAULT_QUEUE;
  const fields = decoder.fields(node, 'config.plain', QUEUE_KEYS);
  const known = decoder.problems.length;
  const queue: QueueConfig = {
    capacity: countOf(decoder, fields.capacity, DEFAULT_QUEUE.capacity),
    maxShards: countOf(decoder, fields.max_shards, DEFAULT_QUEUE.maxShards),
    minShards: countOf(decoder, fields.min_shards, DEFAULT_QUEUE.minShards),
    maxSamplesPerSend: countOf(decoder, fields.max_samples_per_send, DEFAULT_QUEUE.maxSamplesPerSend),
    batchSendDeadline: decoder.duration(fields.batch_send_deadline) ?? DEFAULT_QUEUE.batchSendDeadline,
    minBackoff: decoder.duration(fields.min_backoff) ?? DEFAULT_QUEUE.minBackoff,
    maxBackoff: decoder.duration(fields.max_backoff) ?? DEFAULT_QUEUE.maxBackoff,
    retryOnHttp429: decoder.boolean(fields.retry_on_http_429),
    sampleAgeLimit: decoder.duration(fields.sample_age_limit) ?? 0,
  };
  const problem = decoder.problems.length > known ? undefined : problemOf(queue);
  if (problem) decoder.addMistake(node, `queue_config: ${problem}`);
  return queue;
}

/** Prometheus takes such values and then sends nothing, or stops. */
function problemOf(queue: QueueConfig): string | undefined {
  const { capacity, maxShards, minShards, maxSamplesPerSend, minBackoff, maxBackoff } = queue;
  if (maxSamplesPerSend < 1) return 'max_samples_per_send is 0; a request has one sample at least';
  if (maxShards < 1) return 'max_shards is 0; one shard at least has to send';
  if (minShards < 1) return 'min_shards is 0; one shard at least has to send';
  if (minShards > maxShards) return `min_shards ${minShards} is more than max_shards ${maxShards}`;
  if (capacity < 1) return 'capacity is 0; leave it out, or set it to some times max_samples_per_send';
  if (minBackoff < 1) return 'min_backoff is 0; a receiver in trouble would be asked without a pause';
  if (minBackoff > maxBackoff) return 'min_backoff is more than max_backoff';
  return undefined;
}

/** Reads `metadata_config`. */
export function readMetadataConfig(decoder: Decoder, node: Field): MetadataConfig {
  if (isAbsent(node)) return DEFAULT_METADATA;
  const fields = decoder.fields(node, 'config.plain', METADATA_KEYS);
  const known = decoder.problems.length;
  const metadata: MetadataConfig = {
    send: decoder.boolean(fields.send, DEFAULT_METADATA.send),
    sendInterval: decoder.duration(fields.send_interval) ?? DEFAULT_METADATA.sendInterval,
    maxSamplesPerSend: countOf(decoder, fields.max_samples_per_send, DEFAULT_METADATA.maxSamplesPerSend),
  };
  const isUsable = metadata.sendInterval > 0 && metadata.maxSamplesPerSend > 0;
  if (decoder.problems.length === known && !isUsable)
    decoder.addMistake(
      node as YamlNode,
      'metadata_config: send_interval and max_samples_per_send must be more than 0; send: false turns it off',
    );
  return metadata;
}

function countOf(decoder: Decoder, node: Field, fallback: number): number {
  return isAbsent(node) ? fallback : decoder.unsigned(node);
}
