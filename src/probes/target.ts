// One thing that is checked again and again: its probe, and what is remembered from check to check.

import { serializeSecrets } from '../config/secret-transfer.js';
import type { CheckResult, Status } from '../model/result.js';
import type { Clock, Millis } from '../model/time.js';
import { runCheck } from './attempt.js';
import type { TargetConfig } from './config.js';
import { Confirmation } from './confirmation.js';
import type { InferenceTarget } from './inference/scheduler.js';
import { inferencesOf } from './inference/task.js';
import { withFiles } from './named-files.js';
import type { Probe } from './probe.js';
import type { ProbeKind, ProbeResources } from './probe-kind.js';
import { ReadingsRecorder } from './readings.js';

/** Opened with {@link MonitoredTarget.open}, and closed by its caller. */
export class MonitoredTarget {
  /** May be replaced by one that asks in the same way (another timeout, another interval). */
  config: TargetConfig;
  readonly #probe: Probe;
  readonly #confirmation = new Confirmation();
  readonly #recorder = new ReadingsRecorder();
  #status: Status = 'unknown';
  #since: Millis = 0;
  #failures = 0;
  /** When the first of the failures in a row was that do not count yet, by the monotonic clock. */
  #startingSince: Millis | undefined;
  #isStarting = false;
  #running = false;
  #closed = false;

  private constructor(config: TargetConfig, probe: Probe) {
    this.config = config;
    this.#probe = probe;
  }

  static async open(
    config: TargetConfig,
    kind: ProbeKind,
    resources: ProbeResources,
  ): Promise<MonitoredTarget> {
    return new MonitoredTarget(config, withFiles(await kind.open(config.options, resources), config.options));
  }

  /** Questions to its models, and what must not be shown of their answers. */
  get inference(): InferenceTarget {
    const { id } = this.config;
    return { id, tasks: inferencesOf(this.#probe), secrets: () => this.#probe.secrets ?? [] };
  }

  get running(): boolean {
    return this.#running;
  }

  /** When the next check is wanted if not in its slot: a change waits to be confirmed. */
  get confirmAfter(): Millis | undefined {
    return this.#confirmation.pending && !this.#isStarting ? this.config.confirm.every : undefined;
  }

  /** True when another check asks the same question, so that what is known of the answer holds for it. */
  isSameProbe(other: TargetConfig): boolean {
    return this.config.kind === other.kind && fingerprint(this.config) === fingerprint(other);
  }

  /** Checks once. Never throws. */
  async run(clock: Clock): Promise<CheckResult> {
    this.#running = true;
    const { patience, ...outcome } = await runCheck(this.#probe, this.config, this.#recorder);
    this.#running = false;
    if (this.#closed) this.#closeProbe();
    const at = clock.now();
    if (outcome.status !== this.#status) {
      this.#status = outcome.status;
      this.#since = at;
    }
    this.#failures = outcome.reason ? this.#failures + 1 : 0;
    this.#isStarting = this.#mayStillStart(patience, clock.elapsed());
    const level = this.#isStarting
      ? this.#confirmation.level
      : this.#confirmation.add(outcome.status, this.config.confirm);
    return {
      target: this.config.id,
      at,
      ...outcome,
      level,
      since: this.#since,
      consecutiveFailures: this.#failures,
    };
  }

  /** Whether the service may still fail as it does; what is believed of it stays meanwhile. */
  #mayStillStart(patience: Millis, now: Millis): boolean {
    if (patience === 0) this.#startingSince = undefined;
    else this.#startingSince ??= now;
    return this.#startingSince !== undefined && now - this.#startingSince < patience;
  }

  /** Closes the probe, or lets a check under way end first. */
  close(): void {
    this.#closed = true;
    if (!this.#running) this.#closeProbe();
  }

  #closeProbe(): void {
    // A connection that cannot be closed properly is gone anyway.
    Promise.resolve(this.#probe.close()).catch(() => {});
  }
}

function fingerprint(config: TargetConfig): string {
  return JSON.stringify(serializeSecrets(config.options));
}
