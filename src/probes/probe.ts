// The joint between a kind of service and what runs it. A kind asks its service one question and records what it
// measures; the caller owns the deadline, the timing, the retry and the status.

import type { MetricFamily } from '../model/family.js';
import type { ProbeFacts, Reason } from '../model/result.js';
import type { Millis } from '../model/time.js';

/** One service's probe. It is never run twice at once. */
export interface Probe {
  /**
   * Asks once. Returning means the service answered as it should; a {@link ProbeFailure} says why not. Whatever was
   * recorded before a failure is kept. Past the deadline the caller no longer listens, so let go of everything.
   */
  run(attempt: Attempt): Promise<void>;
  /** Credentials that the service may repeat; they are hidden in what a failed check says. */
  readonly secrets?: readonly string[];
  /** Closes connections that were kept. */
  close(): void | Promise<void>;
}

/** One asking: where a probe puts what it finds. */
export interface Attempt {
  /** The service's timeout: what is left of it is the caller's to watch. */
  readonly timeout: Millis;
  /** Records a sample; `labels` are the family's label values in order. NaN is "not measured". */
  record(family: MetricFamily, labels: readonly string[], value: number): void;
  /**
   * How many more samples may be recorded, those that are NaN among them; those with labels that come beyond are left
   * out. May be negative.
   */
  readonly room: number;
  /** Counts samples that the probe itself left out for want of room. */
  dropSamples(samples: number): void;
  /**
   * Calls back once if the deadline passes or the check is called off: destroy the request, drop the socket. A
   * {@link ProbeFailure} that is returned says what was waited for.
   */
  onCancel(callback: () => unknown): void;
  /**
   * How long the service took, in milliseconds by the monotonic clock, where that is not the whole run (a second
   * question asked beside the first). Also says how long a failed one took.
   */
  measured(elapsed: Millis): void;
  /** Why the service is degraded, where it says so itself; a slow one is without it. */
  degraded: string | undefined;
  /** The HTTP status code that came back. */
  statusCode: number | undefined;
  /** A JSON body as text; it must be valid JSON. */
  data: string | undefined;
  /** Further fields of the document's `health` object. */
  details: Record<string, string | number> | undefined;
  /** What an endpoint of its own shows. */
  facts: ProbeFacts | undefined;
}

/** The service did not answer as it should: the closed-set reason for a rule, the message for a person. */
export class ProbeFailure extends Error {
  readonly reason: Reason;
  /** How long the service may be like this before it counts: it is starting. */
  readonly patience: Millis;

  constructor(reason: Reason, message: string, patience: Millis = 0) {
    super(message);
    this.name = 'ProbeFailure';
    this.reason = reason;
    this.patience = patience;
  }
}

/** Bounds of the pool of kept HTTP connections. */
export interface ConnectionLimits {
  /** Open connections in all. */
  total: number;
  perHost: number;
  /** Without use. */
  keepAlive: Millis;
  /** Since it was made; Redis' connections too. */
  maxAge: Millis;
  /** Requests, or probes of a Redis, on one connection. */
  maxRequests: number;
}
