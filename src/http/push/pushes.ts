// What services of `kind: push` reported last. Comes in: pushes and the services' tokens; goes out: each push to the checks.
// The last one of each service survives a restart.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { LastPush, PushReport } from '../../model/push.js';
import type { SecretSource } from '../../model/secret.js';
import type { Clock, Millis } from '../../model/time.js';
import type { StateStore } from '../../store/state-table.js';
import { rateLimiter } from '../web/rate-limit.js';

const KIND = 'push';
/** A push writes to the disk and makes a check: so many at once, then one in each interval. */
const BURST = 10;
const INTERVAL: Millis = 1000;
/** Compared with where there is no token: a request of an unknown service takes as long as one with a wrong token. */
const NO_TOKEN = hash('');

/** A push in the file. */
interface KeptPush extends LastPush {
  /** Where another monitor got it: as it is called there. */
  readonly revision?: string;
}

/** A push of several monitors with the same services. */
export interface PushVersion {
  readonly at: Millis;
  readonly report: PushReport;
  /** Unlike that of any other push of the service. */
  readonly revision: string;
}

/** Pushes at two monitors at one time: which of them is the later one is the same for both. */
const SAME_TIME: Millis = 100;

/** A service that pushes. */
export interface PushService {
  readonly id: string;
  readonly token: SecretSource;
}

interface Pushed {
  readonly token: SecretSource;
  /** @throws HttpError 429 */
  readonly limit: () => void;
}

interface PushesOptions {
  readonly states: StateStore;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  /** Called with each push, and with what an earlier run left. */
  readonly onPush: (id: string, last: LastPush) => void;
}

/** The pushes of all services. */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #services = new Map<string, Pushed>();

  constructor(options: PushesOptions) {
    this.#options = options;
    options.states.onLate<LastPush>(KIND, late => {
      for (const [id, last] of late) if (this.#services.has(id)) options.onPush(id, last);
    });
  }

  /** Which services there are; of others nothing is kept. A new one is expected to push from now on. */
  setServices(services: readonly PushService[]): void {
    const { states, clock, onPush } = this.#options;
    const limits = new Map([...this.#services].map(([id, { limit }]) => [id, limit]));
    this.#services.clear();
    for (const { id, token } of services) {
      const limit =
        limits.get(id) ?? rateLimiter({ interval: INTERVAL, burst: BURST }, () => clock.elapsed());
      this.#services.set(id, { token, limit });
    }
    const known = states.all<LastPush>(KIND);
    const removed = [...known.keys()].filter(id => !this.#services.has(id));
    const added = services.filter(({ id }) => !known.has(id));
    const first: LastPush = { at: clock.now() };
    states.upsert(KIND, [
      ...removed.map(id => [id, undefined] as const),
      ...added.map(({ id }) => [id, first] as const),
    ]);
    for (const { id } of services) onPush(id, known.get(id) ?? first);
  }

  /** Whether a token is that of a service; an unknown service has none. */
  isAuthorized(id: string, token: string): boolean {
    const expected = this.#tokenOf(id);
    const isEqual = timingSafeEqual(hash(token), expected === undefined ? NO_TOKEN : hash(expected));
    return isEqual && expected !== undefined;
  }

  /**
   * Keeps a push of a known service and hands it on. @returns whether it is in the file: the push counts in any case, but one
   * that is not may be lost by a restart
   * @throws HttpError 429
   */
  add(id: string, report: PushReport): boolean {
    const { states, clock, onPush } = this.#options;
    this.#services.get(id)?.limit();
    const last: LastPush = { at: clock.now(), report };
    const isWritten = states.upsert(KIND, [[id, last]]);
    onPush(id, last);
    return isWritten;
  }

  /** The last push of each service that has pushed. */
  versions(): ReadonlyMap<string, PushVersion> {
    const versions = [...this.#options.states.all<KeptPush>(KIND)].flatMap(
      ([id, { at, report, revision }]) =>
        report ? [[id, { at, report, revision: revision ?? String(at) }] as const] : [],
    );
    return new Map(versions);
  }

  /** Takes a push that another monitor got, unless the last one here is later. */
  merge(id: string, theirs: PushVersion): void {
    const { states, onPush } = this.#options;
    const ours = this.versions().get(id);
    if (!this.#services.has(id) || (ours && !isLater(theirs, ours))) return;
    states.upsert(KIND, [[id, theirs]]);
    onPush(id, { at: theirs.at, report: theirs.report });
  }

  /** Undefined where there is none, or its file cannot be read: then the service's check says so. */
  #tokenOf(id: string): string | undefined {
    try {
      return this.#services.get(id)?.token.reveal() || undefined;
    } catch {
      return undefined;
    }
  }
}

function isLater(theirs: PushVersion, ours: PushVersion): boolean {
  if (theirs.revision === ours.revision) return false;
  const isSameTime = Math.abs(theirs.at - ours.at) < SAME_TIME;
  return isSameTime ? theirs.revision > ours.revision : theirs.at > ours.at;
}

/** Of one length, whatever was sent. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
