// A monitored service as every room knows it: what it is called and how much it matters, not how it is asked.

import type { Millis } from './time.js';

/** Alert severities of the document, worst first. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The cluster's status, of which a workflow makes its decisions. */
export type OverallStatus = 'healthy' | 'degraded' | 'unhealthy';

/** How many results in a row change a service's confirmed level, and how soon the next one is fetched meanwhile. */
export interface Confirm {
  failures: number;
  successes: number;
  every: Millis;
}

/** One of several monitors with one configuration, each of which checks a part of its services. */
export interface Shard {
  /** From 0 to one less than {@link of}. */
  readonly index: number;
  readonly of: number;
}

export interface Service {
  /** The key in the configuration; the value of the label `target`. */
  readonly id: string;
  /** What people call it; stands in alerts. */
  readonly name: string;
  readonly kind: string;
  readonly critical: boolean;
  /** Severity of its alerts. */
  readonly severity: Severity;
  /** Ids of services whose outage explains this one's. */
  readonly dependsOn: readonly string[];
  /** What it stands under on the status page; undefined: by whether it is critical. */
  readonly group?: string;
  /** It is checked and alerted on, but the status page does not show it. */
  readonly isHidden?: true;
  /** Which monitor checks it, where several share the services. */
  readonly shard?: Shard;
  /** Another monitor than this one checks it. */
  readonly isElsewhere?: true;
}
