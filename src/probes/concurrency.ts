// How many checks may be under way at once. In: the checks, what the configuration allows; out: the limit, what the
// intervals need, and the number that would do.

import type { Millis } from '../model/time.js';

/** The limit of a small cluster. */
const SMALL_CLUSTER_LIMIT = 5;
/** What `auto` does not exceed: each check under way is an open file or two. */
export const MAX_LIMIT = 10_000;
/** Open connections, and those to one host, that a small cluster has at most. */
const SMALL_CLUSTER_POOL = { connections: 50, perHost: 10 };
/** Connections a check may need at once: Ollama's and HAProxy's ask two questions. */
const CONNECTIONS_PER_CHECK = 2;

/** What is to be known of a check. */
interface TimedCheck {
  /** Only services hang; the node's own figures come from its kernel. */
  readonly isService: boolean;
  readonly timeout: Millis;
  readonly interval: Millis;
  readonly confirm: { readonly every: Millis };
}

/** The limit and its reasons. */
export interface Concurrency {
  /** Checks under way at once. */
  readonly limit: number;
  /** True when the limit follows from the checks. */
  readonly isAuto: boolean;
  /** Slots that checks which timed out last time leave to the others; more than 0 only where the limit is too low. */
  readonly reserved: number;
  /** Slots below which the intervals of a healthy cluster's pace cannot be kept while every service hangs. */
  readonly required: number;
  /** Slots with which a service that hangs never makes another one wait, at whatever pace. */
  readonly recommended: number;
}

/**
 * The limit of a plan. A hung check holds its slot for its whole timeout, so slots are counted as the sum, over all
 * services, of the share of the time that their checks would hold one if every service hung: timeout / interval at the
 * pace of a healthy cluster (`required`), timeout / (timeout + confirm.every) at most (`recommended`), because a check
 * that failed is repeated that soon and no service is checked twice at once.
 */
export function planConcurrency(checks: readonly TimedCheck[], configured: number | 'auto'): Concurrency {
  const services = checks.filter(({ isService }) => isService);
  const sum = (share: (check: TimedCheck) => number) =>
    // Thirds add up to a little more than they should.
    Math.ceil(Math.max(0, services.reduce((total, check) => total + share(check), 0) - 1e-9));
  const required = sum(({ timeout, interval }) => Math.min(1, timeout / interval));
  const worst = sum(({ timeout, confirm }) => timeout / (timeout + confirm.every));
  const recommended = Math.min(MAX_LIMIT, Math.max(SMALL_CLUSTER_LIMIT, worst));
  const isAuto = configured === 'auto';
  const limit = isAuto ? recommended : configured;
  const reserved = isAuto || limit >= required ? 0 : Math.min(SMALL_CLUSTER_LIMIT, Math.ceil(limit / 2));
  return { limit, isAuto, reserved: Math.min(reserved, limit - 1), required, recommended };
}

/** Whether the intervals can be kept while services hang. */
function isTooLow({ limit, required, isAuto }: Concurrency): boolean {
  return !isAuto && limit < required;
}

/** Sentences for people about limits that are too low for the checks; empty when none is. */
export function concurrencyProblems(
  concurrency: Concurrency,
  { total }: { readonly total: number },
): readonly string[] {
  const { limit, required, recommended } = concurrency;
  const problems: string[] = [];
  if (isTooLow(concurrency))
    problems.push(
      `scan.max_concurrent_checks: ${limit} cannot keep the intervals while services hang: ${required} checks may be under way at once; write ${recommended}, or auto`,
    );
  // Fewer than the checks of services that hang: the others' would wait for a connection until they time out.
  const held = Math.min(limit, required);
  if (total < held)
    problems.push(
      `scan.pool.connections: ${total} are too few while services hang: ${held} checks may be under way at once; write ${planPool(limit).connections}, or auto`,
    );
  return problems;
}

/** The pool's bounds where they are not configured: a check must not wait for a connection within its timeout. */
export function planPool(limit: number): { connections: number; perHost: number } {
  const needed = limit * CONNECTIONS_PER_CHECK;
  const { connections, perHost } = SMALL_CLUSTER_POOL;
  return { connections: Math.max(connections, needed), perHost: Math.max(perHost, needed) };
}
