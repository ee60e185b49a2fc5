// What one check of one service found: the only thing that leaves the probes' room.

import type { Millis } from './time.js';

/** The last check's outcome, in the document's words; `unknown` before the first one. */
export const STATUSES = ['healthy', 'degraded', 'unhealthy', 'timeout', 'error', 'unknown'] as const;
export type Status = (typeof STATUSES)[number];

/** Why a check failed, as a label value: a closed set, so that a rule can list it. */
export const REASONS = ['dns', 'refused', 'timeout', 'tls', 'auth', 'status', 'body', 'protocol'] as const;
export type Reason = (typeof REASONS)[number];

/** The status of a check that failed, by its reason. */
export const STATUS_OF_REASON: Readonly<Record<Reason, Status>> = {
  timeout: 'timeout',
  status: 'unhealthy',
  body: 'unhealthy',
  auth: 'unhealthy',
  dns: 'error',
  refused: 'error',
  tls: 'error',
  protocol: 'error',
};

/** What is believed of a service after confirmation: up, up but slow, down; `unknown` until the first belief. */
export type Level = 'up' | 'slow' | 'down' | 'unknown';

/**
 * Which series a check's numbers belong to. It is repeated only when it changes, so a check that measures 80,000
 * series costs an array of numbers. Entry i of `families` and `labels` describes entry i of the values.
 */
export interface Layout {
  /** Family names; of a histogram the names of its series. */
  readonly families: readonly string[];
  /** Label values beside `target`, in the family's order. */
  readonly labels: readonly (readonly string[])[];
}

export interface Readings {
  /** Present on the first check and whenever the series changed; otherwise the target's last layout holds. */
  readonly layout?: Layout;
  /** NaN marks a series of the layout that was not measured this time: it is absent, not zero. */
  readonly values: readonly number[];
}

/** Samples that a check's sample_limit had no room for. */
export interface LeftOut {
  readonly samples: number;
  /** How many there are in all. */
  readonly of: number;
  readonly limit: number;
}

/**
 * What a kind of probe hands on beside readings, for an endpoint of its own: plain JSON values, below the kind's name. A kind
 * that has any declares them beside itself, by merging into this interface.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the kinds add to it
export interface ProbeFacts {}

export interface CheckResult {
  /** The service's id, or the node's name for the host. */
  readonly target: string;
  /** Wall clock when the check ended. */
  readonly at: Millis;
  readonly status: Status;
  /** How long the service took, in seconds; for a timeout the timeout itself. */
  readonly responseTime: number;
  /** Why it is not healthy, in a person's words. */
  readonly error?: string;
  readonly reason?: Reason;
  readonly statusCode?: number;
  /** The JSON body as text, already checked to be JSON: it is spliced into answers, never parsed again. */
  readonly data?: string;
  /** Further fields of the document's `health` object (`connected_clients`, ...). */
  readonly details?: Readonly<Record<string, string | number>>;
  readonly facts?: ProbeFacts;
  /** Absent when there was room for all samples. */
  readonly leftOut?: LeftOut;
  readonly readings: Readings;
  readonly level: Level;
  /** When `status` took its present value. */
  readonly since: Millis;
  readonly consecutiveFailures: number;
}

/** True for the statuses of a service that answered as it should. */
export function isUp(status: Status): boolean {
  return status === 'healthy' || status === 'degraded';
}
