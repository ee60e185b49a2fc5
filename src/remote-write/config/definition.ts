// What `remote_write` says, checked and with defaults filled in. Plain data and secrets. Source: Prometheus, "Configuration",
// <remote_write>.

import type { HttpClientConfig } from '../../config/http-client/config.js';
import type { Millis } from '../../model/time.js';
import type { RelabelConfig } from '../../relabel/config.js';

/** Messages of remote write 1.0 and 2.0, by the names of the specification. */
export const MESSAGES = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] as const;
export type RemoteWriteMessage = (typeof MESSAGES)[number];

/** One entry of `remote_write`. */
export interface RemoteWriteConfig {
  /** `name`, or one made of the URL; no two have the same. */
  readonly name: string;
  readonly url: string;
  readonly timeout: Millis;
  readonly message: RemoteWriteMessage;
  /** `headers` are among those of `http`. */
  readonly http: HttpClientConfig;
  readonly relabelConfigs: readonly RelabelConfig[];
  readonly queue: QueueConfig;
  readonly metadata: MetadataConfig;
}

/** `queue_config` */
export interface QueueConfig {
  /** Samples of one shard that are read ahead. */
  readonly capacity: number;
  readonly maxShards: number;
  readonly minShards: number;
  readonly maxSamplesPerSend: number;
  /** How long samples wait for a request to be full. */
  readonly batchSendDeadline: Millis;
  readonly minBackoff: Millis;
  readonly maxBackoff: Millis;
  readonly retryOnHttp429: boolean;
  /** Samples that are older are not sent; 0 is any age. */
  readonly sampleAgeLimit: Millis;
}

/** `metadata_config` */
export interface MetadataConfig {
  readonly send: boolean;
  readonly sendInterval: Millis;
  readonly maxSamplesPerSend: number;
}

/** Everything that is read of a configuration about remote write. */
export interface RemoteWriteConfiguration {
  readonly remotes: readonly RemoteWriteConfig[];
  /** What is accepted and has no effect here, one line each with its place. */
  readonly warnings: readonly string[];
  /** The section as YAML, every secret replaced by `<secret>`; empty when there is none. */
  readonly masked: string;
}
