// The JSON schema of `remote_write`, for editors: every key that the reader knows, what it holds, and no other.

import type { JsonSchema } from '../../config/about.js';
import { httpConfigJson } from '../../config/http-client/json-schema.js';
import { count, duration, flag, labels, list, mapping, oneOf, text } from '../../config/prometheus-json.js';
import { relabelConfigsJson } from '../../relabel/json-schema.js';
import { MESSAGES } from './definition.js';
import type { MetadataKey, QueueKey } from './queue.js';
import type { RemoteWriteKey } from './remote.js';

const queue: Readonly<Record<QueueKey, JsonSchema>> = {
  capacity: count,
  max_shards: count,
  min_shards: count,
  max_samples_per_send: count,
  batch_send_deadline: duration,
  min_backoff: duration,
  max_backoff: duration,
  retry_on_http_429: flag,
  sample_age_limit: duration,
};

const metadata: Readonly<Record<MetadataKey, JsonSchema>> = {
  send: flag,
  send_interval: duration,
  max_samples_per_send: count,
};

const remote: Readonly<Record<RemoteWriteKey, JsonSchema>> = {
  url: text,
  name: text,
  remote_timeout: duration,
  headers: labels,
  write_relabel_configs: relabelConfigsJson,
  send_exemplars: flag,
  send_native_histograms: flag,
  round_robin_dns: flag,
  protobuf_message: oneOf(MESSAGES),
  queue_config: mapping(queue),
  metadata_config: mapping(metadata),
  ...httpConfigJson,
};

/** `remote_write` */
export const remoteWriteJson: JsonSchema = list(mapping(remote, ['url']));
