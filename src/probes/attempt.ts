// One check of one service: gives a probe its deadline, times it, and turns what happened into a status.

import { family } from '../model/family.js';
import {
  type LeftOut,
  type ProbeFacts,
  type Readings,
  type Reason,
  STATUS_OF_REASON,
  type Status,
} from '../model/result.js';
import { scrub } from '../model/scrub.js';
import type { Millis } from '../model/time.js';
import { failureOf } from './http/failure.js';
import { type Attempt, type Probe, ProbeFailure } from './probe.js';
import type { ReadingsRecorder } from './readings.js';
import { StandstillWatch } from './standstill.js';

const success = family('probe_success', 'Whether the last probe succeeded (1) or not (0)');
const duration = family(
  'probe_duration_seconds',
  'How long the last probe took in seconds; the timeout if it timed out',
);
const timeoutSeconds = family('probe_timeout_seconds', 'The timeout of the probe in seconds');

const leftOut = family(
  'probe_samples_left_out',
  'Samples of the last probe that were left out because there were more than its sample_limit; absent when none was',
);
const sampleLimitFamily = family(
  'probe_sample_limit',
  'The sample_limit of a probe that has more samples; absent otherwise',
);

/** Families every check of a service has, the last two only while samples are left out. */
export const attemptFamilies = [success, duration, timeoutSeconds, leftOut, sampleLimitFamily];

/** What a check found, before anything is concluded from it. */
export interface CheckOutcome {
  readonly status: Status;
  readonly reason?: Reason | undefined;
  readonly error?: string | undefined;
  /** How long a service may fail in this way before it counts; see {@link ProbeFailure.patience}. */
  readonly patience: Millis;
  /** Seconds. */
  readonly responseTime: number;
  readonly statusCode: number | undefined;
  readonly data: string | undefined;
  readonly details: Record<string, string | number> | undefined;
  readonly facts: ProbeFacts | undefined;
  readonly leftOut?: LeftOut | undefined;
  readonly readings: Readings;
}

interface CheckLimits {
  /** Only services have `probe_*` families. */
  readonly isService: boolean;
  readonly timeout: Millis;
  readonly slowAfter: Millis;
  /** Most samples that the probe may record; without it any number. */
  readonly sampleLimit?: number;
}

const NO_LABELS: readonly string[] = [];

/** Attempts to measure a service while the thread keeps standing still; then the last one counts. */
const ATTEMPTS = 3;

/**
 * Runs a probe within its timeout, and once more when the thread stood still meanwhile: a timeout or a slow answer would be
 * the monitor's own. Never throws: an unexpected error is a failure of the service's check.
 */
export async function runCheck(
  probe: Probe,
  bounds: CheckLimits,
  recorder: ReadingsRecorder,
): Promise<CheckOutcome> {
  for (let attempt = 1; ; attempt++) {
    const watch = new StandstillWatch();
    const outcome = await runOnce(probe, bounds, recorder);
    const isVoid = watch.stoodStill;
    watch.close();
    if (!isVoid || attempt === ATTEMPTS) return outcome;
    // The names of the series were in what is thrown away.
    if (outcome.readings.layout) recorder.resendLayout();
  }
}

async function runOnce(probe: Probe, bounds: CheckLimits, recorder: ReadingsRecorder): Promise<CheckOutcome> {
  recorder.start();
  const running = new ProbeAttempt(bounds, recorder);
  const begun = performance.now();
  let failure: ProbeFailure | undefined;
  try {
    await running.run(probe);
  } catch (error) {
    failure = failureOf(error);
  }
  running.close();
  const elapsed = running.isOverdue ? bounds.timeout : (running.elapsed ?? performance.now() - begun);
  if (bounds.isService) {
    recorder.record(success, NO_LABELS, failure ? 0 : 1);
    recorder.record(duration, NO_LABELS, elapsed / 1000);
    recorder.record(timeoutSeconds, NO_LABELS, bounds.timeout / 1000);
  }
  if (running.leftOut) {
    recorder.record(leftOut, NO_LABELS, running.leftOut.samples);
    recorder.record(sampleLimitFamily, NO_LABELS, running.sampleLimit);
  }
  const slow = elapsed > bounds.slowAfter ? slowText(elapsed, bounds.slowAfter) : undefined;
  const degraded = failure ? undefined : (running.degraded ?? slow);
  return {
    status: failure ? STATUS_OF_REASON[failure.reason] : degraded !== undefined ? 'degraded' : 'healthy',
    reason: failure?.reason,
    error: failure ? scrub(failure.message, probe.secrets ?? []) : degraded,
    patience: failure?.patience ?? 0,
    responseTime: elapsed / 1000,
    statusCode: running.statusCode,
    data: running.data,
    details: running.details,
    facts: running.facts,
    leftOut: running.leftOut,
    readings: recorder.end(),
  };
}

function slowText(took: Millis, threshold: Millis): string {
  return `Slow: ${seconds(took)} s, threshold ${seconds(threshold)} s`;
}

function seconds(span: Millis): string {
  return String(Number((span / 1000).toPrecision(3)));
}

class ProbeAttempt implements Attempt {
  readonly timeout: Millis;
  readonly sampleLimit: number;
  degraded: string | undefined;
  statusCode: number | undefined;
  data: string | undefined;
  details: Record<string, string | number> | undefined;
  facts: ProbeFacts | undefined;
  elapsed: Millis | undefined;
  /** The deadline has passed. */
  isOverdue = false;
  readonly #recorder: ReadingsRecorder;
  readonly #cancels: (() => unknown)[] = [];
  #state: 'running' | 'closed' | 'cancelled' = 'running';
  #recorded = 0;
  #leftOut = 0;

  constructor({ timeout, sampleLimit = Number.POSITIVE_INFINITY }: CheckLimits, recorder: ReadingsRecorder) {
    this.timeout = timeout;
    this.sampleLimit = sampleLimit;
    this.#recorder = recorder;
  }

  get room(): number {
    return this.sampleLimit - this.#recorded;
  }

  /** What there was no room for. */
  get leftOut(): LeftOut | undefined {
    return this.#leftOut > 0
      ? { samples: this.#leftOut, of: this.#recorded + this.#leftOut, limit: this.sampleLimit }
      : undefined;
  }

  /** The probe's own end or the deadline, whichever comes first. */
  run(probe: Probe): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.isOverdue = true;
        reject(this.cancel() ?? new ProbeFailure('timeout', 'Request timed out'));
      }, this.timeout);
      probe.run(this).then(
        () => {
          clearTimeout(timer);
          resolve();
        },
        error => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  /** Returns what one of the callbacks says the time went to. */
  cancel(): ProbeFailure | undefined {
    if (this.#state !== 'running') return undefined;
    // The callbacks may still record that the answer did not come.
    let late: ProbeFailure | undefined;
    // One of them may add another, which is called too.
    for (const callback of this.#cancels) {
      const said = callback();
      if (said instanceof ProbeFailure) late = said;
    }
    this.#state = 'cancelled';
    return late;
  }

  /** From here on a probe that is late is not listened to. */
  close(): void {
    if (this.#state === 'running') this.#state = 'closed';
  }

  record(family: Parameters<Attempt['record']>[0], labels: readonly string[], value: number): void {
    if (this.#state !== 'running') return;
    // Of a family without labels there is one sample: such as haproxy_up are always there.
    if (this.#recorded < this.sampleLimit || labels.length === 0) {
      this.#recorded++;
      this.#recorder.record(family, labels, value);
    } else this.#leftOut++;
  }

  dropSamples(samples: number): void {
    if (this.#state === 'running') this.#leftOut += samples;
  }

  onCancel(callback: () => unknown): void {
    if (this.#state === 'cancelled') callback();
    else this.#cancels.push(callback);
  }

  measured(elapsed: Millis): void {
    this.elapsed = elapsed;
  }
}
