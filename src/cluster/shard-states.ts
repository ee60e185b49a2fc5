// Services that other monitors check, as the storage of all knows them. Comes in: samples of their metrics, and changes; goes out: results
// as the monitor that checks a service would show it, as far as metrics tell.

import type { Labels } from '../model/labels.js';
import {
  type CheckResult,
  type Level,
  REASONS,
  type Reason,
  STATUS_OF_REASON,
  type Status,
} from '../model/result.js';
import type { Millis } from '../model/time.js';
import { errorOf, type ShardCheck } from './shard-check.js';
import { monitorOf, type ShardQueries } from './shard-queries.js';

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
/** The answers to {@link ShardQueries}; `reason`: those whose last check failed, and why. */
export type ShardAnswers = Readonly<Record<keyof ShardQueries | 'reason', readonly Sample[]>>;

/** Beside three intervals, for a scrape of the metrics and the way into the storage. */
const WAY: Millis = 30_000;

/** Samples that are read in one go. */
const PIECE = 300;

/** A change is in the samples of all services by then; one that is said to be later still is by a clock that was set back since. */
const MAX_CHANGE_AGE: Millis = 120_000;

/** A change, and when it was read. */
interface ReadChange {
  readonly check: ShardCheck;
  readonly readAt: Millis;
}

/** The samples of one check. */
type Found = Partial<Record<keyof ShardAnswers, Sample>> & { readonly checked: Sample };

/** What is known of the services that are checked elsewhere. */
export class ShardStates {
  /** The last result of each service: since when it has its status, and whether there is anything new. */
  readonly #last = new Map<string, CheckResult>();
  /** The last check of each service that is known. */
  readonly #checks = new Map<string, ShardCheck>();
  /** Changes that may be later than those. */
  readonly #changes = new Map<string, ReadChange>();

  /**
   * Takes answers about services that were checked, by pieces: ten thousand services take some tenths of a second. Where two
   * monitors check a service, the later check counts.
   */
  *adding(answers: ShardAnswers): Generator<void, void> {
    let pieces = 0;
    for (const [id, ofService] of yield* findingIn(answers)) {
      for (const [monitor, found] of ofService) this.#add(id, checkOf(monitor, found));
      if (++pieces % PIECE === 0) yield;
    }
  }

  /** Takes changes of services. @param at wall clock @returns those that were not read before, by id */
  addChanges(changes: ReadonlyMap<string, ShardCheck>, at: Millis): string[] {
    const added = [...changes].filter(([id, check]) => this.#changes.get(id)?.check.at !== check.at);
    for (const [id, check] of added) this.#changes.set(id, { check, readAt: at });
    return added.map(([id]) => id);
  }

  #add(id: string, check: ShardCheck): void {
    const before = this.#checks.get(id);
    if (!before || before.monitor === check.monitor || check.at > before.at) this.#checks.set(id, check);
  }

  /** Forgets what a monitor has found, by its name as {@link monitorOf} makes it. */
  removeMonitor(monitor: string): void {
    for (const [id, check] of this.#checks) if (check.monitor === monitor) this.#checks.delete(id);
    for (const [id, { check }] of this.#changes) if (check.monitor === monitor) this.#changes.delete(id);
  }

  /** Forgets all other services. @param ids something with their ids */
  keep(ids: Pick<ReadonlySet<string>, 'has'>): void {
    for (const known of [this.#last, this.#checks, this.#changes])
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }

  /**
   * What there is to say of some services that was not said before.
   * @param intervals of their checks, by id
   * @param at wall clock
   */
  results(intervals: Iterable<readonly [string, Millis]>, at: Millis): CheckResult[] {
    return [...intervals].flatMap(([id, interval]) => {
      const result = this.#result(id, { oldest: at - 3 * interval - WAY, at });
      if (isSame(this.#last.get(id), result)) return [];
      this.#last.set(id, result);
      return [result];
    });
  }

  #result(id: string, { oldest, at }: { oldest: Millis; at: Millis }): CheckResult {
    const before = this.#last.get(id);
    const check = this.#lastCheck(id, at);
    if (!check || !(check.at >= oldest)) return unknown(id, before, at);
    const { status, error, reason, statusCode, instance } = check;
    return {
      target: id,
      at: check.at,
      status,
      responseTime: check.responseTime,
      ...(error !== undefined && { error }),
      ...(reason !== undefined && { reason }),
      ...(statusCode !== undefined && { statusCode }),
      ...(instance !== '' && { details: { instance } }),
      readings: { values: [] },
      level: check.level,
      since: before?.status === status ? before.since : check.at,
      consecutiveFailures: check.consecutiveFailures,
    };
  }

  /** A change counts until the samples of all services have it, too. */
  #lastCheck(id: string, at: Millis): ShardCheck | undefined {
    const [check, change] = [this.#checks.get(id), this.#changes.get(id)];
    if (!change || (check && check.at >= change.check.at)) return check;
    return at - change.readAt > MAX_CHANGE_AGE ? check : change.check;
  }
}

type FoundSamples = Map<string, Map<string, Found>>;

/** The samples of each check, by service and monitor. */
function* findingIn(answers: ShardAnswers): Generator<void, FoundSamples> {
  const services: FoundSamples = new Map();
  for (const [i, checked] of answers.checked.entries()) {
    const id = checked.labels.get('target') ?? '';
    const ofService = services.get(id) ?? new Map<string, Found>();
    services.set(id, ofService.set(monitorOf(checked.labels), { checked }));
    if (i % PIECE === PIECE - 1) yield;
  }
  for (const [name, samples] of Object.entries(answers) as [keyof ShardAnswers, readonly Sample[]][])
    for (const [i, sample] of (name === 'checked' ? [] : samples).entries()) {
      const { labels } = sample;
      const found = services.get(labels.get('target') ?? '')?.get(monitorOf(labels));
      if (found) Object.assign(found, { [name]: sample });
      if (i % PIECE === PIECE - 1) yield;
    }
  return services;
}

function checkOf(monitor: string, found: Found): ShardCheck {
  const { checked, duration, failures, statusCode } = found;
  const reason = reasonOf(found.reason);
  const status = statusOf(reason, found);
  return {
    monitor,
    instance: checked.labels.get('instance') ?? '',
    at: Math.round(checked.value * 1000),
    status,
    level: levelOf(found),
    error: errorOf({ status, trouble: troubleOf(status, found), hasFailed: failures !== undefined }),
    reason,
    responseTime: duration?.value ?? 0,
    statusCode: statusCode && statusCode.value > 0 ? statusCode.value : undefined,
    consecutiveFailures: failures?.value ?? 0,
  };
}

function isSame(before: CheckResult | undefined, now: CheckResult): boolean {
  return (
    before?.at === now.at &&
    before.status === now.status &&
    before.level === now.level &&
    before.error === now.error &&
    before.responseTime === now.responseTime &&
    before.consecutiveFailures === now.consecutiveFailures
  );
}

/** The monitor that checks it is not seen, or it has not been checked yet. */
function unknown(id: string, before: CheckResult | undefined, at: Millis): CheckResult {
  return {
    target: id,
    at: before?.at ?? at,
    status: 'unknown',
    responseTime: 0,
    error: 'No recent check in the storage; is the monitor that checks it running?',
    readings: { values: [] },
    level: 'unknown',
    since: before?.status === 'unknown' ? before.since : at,
    consecutiveFailures: 0,
  };
}

function reasonOf(sample: Sample | undefined): Reason | undefined {
  return REASONS.find(each => each === sample?.labels.get('reason'));
}

/** The status of a failed check follows from its reason. */
function statusOf(reason: Reason | undefined, { degraded }: Found): Status {
  if (reason) return STATUS_OF_REASON[reason];
  return degraded ? 'degraded' : 'healthy';
}

function levelOf({ unknown, down, slow }: Found): Level {
  if (unknown) return 'unknown';
  if (down) return 'down';
  return slow ? 'slow' : 'up';
}

function troubleOf(status: Status, { trouble }: Found): string | undefined {
  return trouble?.labels.get('status') === status ? trouble.labels.get('error') : undefined;
}
