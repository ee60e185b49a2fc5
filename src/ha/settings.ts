// What `ha` says, checked and with defaults filled in.

import type { HttpClientConfig } from '../config/http-client/config.js';
import type { Millis } from '../model/time.js';
import type { RedisTarget } from '../probes/kinds/redis/connection.js';

/** Another monitor. */
export interface PeerAddress extends HttpClientConfig {
  /** Without a slash at the end. */
  readonly url: string;
  readonly timeout: Millis;
}

export interface LeaseSettings {
  readonly redis: RedisTarget;
  /** What the keys in Redis begin with; those of monitors with the same alerts are the same. */
  readonly key: string;
  /** What the keys of silences and other shared states begin with: those of all shards are the same. */
  readonly statesKey: string;
}

export interface HaSettings {
  /** The name of this monitor among its peers. */
  readonly replica: string;
  readonly peers: readonly PeerAddress[];
  /** Undefined: every monitor sends what it has to. */
  readonly lease: LeaseSettings | undefined;
}

/** One run of one monitor. */
export interface Identity {
  readonly replica: string;
  /** Unlike that of any other run. */
  readonly id: string;
  readonly version: string;
}

export const LEASE_STATES = ['held', 'standby', 'unavailable', 'none'] as const;
/** Whether a monitor holds the lease, another one does, or Redis does not say; `none` without a lease. */
export type LeaseState = (typeof LEASE_STATES)[number];

/** What a monitor answers its peers. */
export interface ReplicaAnswer extends Identity {
  readonly lease: LeaseState;
  /** Whether each service is up, by its id; those that have not been checked are missing. */
  readonly services: Readonly<Record<string, boolean>>;
}
