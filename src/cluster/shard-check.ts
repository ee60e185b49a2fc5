// What is kept of a check of another monitor.

import type { CheckResult, Reason, Status } from '../model/result.js';

/** A check as its monitor has it; samples and their labels would take several times as much. */
export interface ShardCheck
  extends Pick<CheckResult, 'at' | 'status' | 'level' | 'responseTime' | 'consecutiveFailures'> {
  /** As {@link monitorOf} names it. */
  readonly monitor: string;
  readonly instance: string;
  readonly error: string | undefined;
  readonly reason: Reason | undefined;
  readonly statusCode: number | undefined;
}

interface ErrorSource {
  readonly status: Status;
  /** Why the service is believed to be down or slow, where that is of this status. */
  readonly trouble: string | undefined;
  readonly hasFailed: boolean;
}

/** Why a check is not healthy, one line; a general one until the failure is confirmed and its own text is in the samples. */
export function errorOf({ status, trouble, hasFailed }: ErrorSource): string | undefined {
  if (status === 'healthy') return undefined;
  return trouble ?? (hasFailed ? 'A check failed; a second one is to confirm it' : undefined);
}
