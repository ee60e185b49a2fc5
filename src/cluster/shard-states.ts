// Services that other monitors check, as the storage of all knows them. Comes in: samples of their metrics; goes out: results
// as the monitor that checks a service would show it, as far as metrics tell.

import type { Labels } from '../model/labels.js';
import {
  type CheckResult,
  type Level,
  REASONS,
  type Reason,
  STATUSES,
  type Status,
} from '../model/result.js';
import type { Millis } from '../model/time.js';

/** What is asked, by the name under which {@link ShardStates.results} takes the answer. */
export const SHARD_QUERIES = {
  checked: 'langgraph_monitor_last_probe_timestamp_seconds',
  status: 'langgraph_monitor_service_status == 1',
  up: 'langgraph_monitor_service_up',
  slow: 'langgraph_monitor_service_slow == 1',
  reason: 'langgraph_monitor_service_failure_reason == 1',
  failures: 'langgraph_monitor_service_consecutive_failures > 0',
  trouble: 'langgraph_monitor_service_trouble_info',
  duration: 'probe_duration_seconds',
  statusCode: 'probe_http_status_code',
} as const;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
export type ShardAnswers = Readonly<Record<keyof typeof SHARD_QUERIES, readonly Sample[]>>;

/** Before the first answer. */
export const NO_ANSWERS = Object.fromEntries(
  Object.keys(SHARD_QUERIES).map(name => [name, []]),
) as unknown as ShardAnswers;

/** Beside three intervals, for a scrape of the metrics and the way into the storage. */
const WAY: Millis = 30_000;

/** The samples of one service, of the monitor that checked it last. */
type Found = Partial<Record<keyof typeof SHARD_QUERIES, Sample>>;

/** What is known of the services that are checked elsewhere. */
export class ShardStates {
  /** The last result of each service: since when it has its status, and whether there is anything new. */
  readonly #last = new Map<string, CheckResult>();

  /**
   * What the answers say of some services that was not known before.
   * @param intervals of their checks, by id
   * @param at wall clock
   */
  results(answers: ShardAnswers, intervals: ReadonlyMap<string, Millis>, at: Millis): CheckResult[] {
    const found = byService(answers);
    for (const id of this.#last.keys()) if (!intervals.has(id)) this.#last.delete(id);
    return [...intervals].flatMap(([id, interval]) => {
      const result = this.#result(id, found.get(id) ?? {}, { oldest: at - 3 * interval - WAY, at });
      if (isSame(this.#last.get(id), result)) return [];
      this.#last.set(id, result);
      return [result];
    });
  }

  #result(id: string, found: Found, { oldest, at }: { oldest: Millis; at: Millis }): CheckResult {
    const before = this.#last.get(id);
    const checkedAt = (found.checked?.value ?? 0) * 1000;
    if (!(checkedAt >= oldest)) return unknown(id, before, at);
    const status = statusOf(found.status);
    const instance = found.checked?.labels.get('instance') ?? '';
    const [error, reason] = [errorOf(status, found), reasonOf(found.reason)];
    return {
      target: id,
      at: checkedAt,
      status,
      responseTime: found.duration?.value ?? 0,
      ...(error !== undefined && { error }),
      ...(reason !== undefined && { reason }),
      ...(found.statusCode && found.statusCode.value > 0 && { statusCode: found.statusCode.value }),
      ...(instance !== '' && { details: { instance } }),
      readings: { values: [] },
      level: levelOf(found),
      since: before?.status === status ? before.since : checkedAt,
      consecutiveFailures: found.failures?.value ?? 0,
    };
  }
}

function isSame(before: CheckResult | undefined, now: CheckResult): boolean {
  return (
    before?.at === now.at &&
    before.status === now.status &&
    before.level === now.level &&
    before.error === now.error
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

/** Where two monitors check a service, what the one says that did so last. */
function byService(answers: ShardAnswers): Map<string, Found> {
  const services = new Map<string, Found>();
  for (const sample of answers.checked) {
    const id = sample.labels.get('target') ?? '';
    const checked = services.get(id)?.checked;
    if (!checked || sample.value > checked.value) services.set(id, { checked: sample });
  }
  for (const [name, samples] of Object.entries(answers) as [keyof ShardAnswers, readonly Sample[]][])
    for (const sample of name === 'checked' ? [] : samples) {
      const service = services.get(sample.labels.get('target') ?? '');
      if (service && isOfSame(sample, service.checked)) service[name] = sample;
    }
  return services;
}

function isOfSame(sample: Sample, other: Sample | undefined): boolean {
  return ['job', 'instance', 'replica'].every(name => sample.labels.get(name) === other?.labels.get(name));
}

function statusOf(sample: Sample | undefined): Status {
  return STATUSES.find(each => each === sample?.labels.get('status')) ?? 'unknown';
}

function reasonOf(sample: Sample | undefined): Reason | undefined {
  return REASONS.find(each => each === sample?.labels.get('reason'));
}

function levelOf({ up, slow }: Found): Level {
  if (!up || Number.isNaN(up.value)) return 'unknown';
  if (up.value === 0) return 'down';
  return slow ? 'slow' : 'up';
}

function errorOf(status: Status, { trouble, failures }: Found): string | undefined {
  if (status === 'healthy') return undefined;
  if (trouble?.labels.get('status') === status) return trouble.labels.get('error');
  return failures ? 'A check failed; a second one is to confirm it' : undefined;
}
