// What is to be checked and how often: comes out of the configuration, goes to the prober, across a thread's border.

import type { Confirm } from '../model/service.js';
import type { Millis } from '../model/time.js';
import type { Concurrency } from './concurrency.js';
import type { ConnectionLimits } from './probe.js';

/** One thing to check. */
export interface TargetConfig {
  /** The value of `target`. */
  readonly id: string;
  readonly kind: string;
  /** False for the node's own figures, which are no service's health. */
  readonly isService: boolean;
  /** The kind's own options, checked. */
  readonly options: unknown;
  readonly critical: boolean;
  readonly timeout: Millis;
  /** Slower than this is degraded. */
  readonly slowAfter: Millis;
  readonly confirm: Confirm;
  /** Most samples of one check; Infinity for any number. */
  readonly sampleLimit: number;
  /** While the cluster is healthy. */
  readonly interval: Millis;
}

/** Everything to check, and the bounds of it. */
export interface ProberConfig {
  readonly targets: readonly TargetConfig[];
  readonly concurrency: Concurrency;
  readonly connections: ConnectionLimits;
  /** Length of a scan while the cluster is healthy. */
  readonly scan: Millis;
}
