// Silences: which alerts are not sent, for how long and why. They survive a restart and expire by themselves.
// Source: Alertmanager, silence/silence.go.

import { randomUUID } from 'node:crypto';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { StateStore } from '../../store/state-table.js';
import { Matcher, type MatchType, matchesAll } from '../matchers/matcher.js';
import { supersedes } from './merge-silence.js';

const KIND = 'silence';
/** Expired ones are shown for as long as Alertmanager does. */
export const RETENTION: Millis = 120 * 3_600_000;

export type SilenceState = 'pending' | 'active' | 'expired';

export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: Millis;
  readonly endsAt: Millis;
  readonly updatedAt: Millis;
  readonly createdBy: string;
  readonly comment: string;
}

/** A silence as it is requested; with the id of an existing silence it replaces that one. */
export type SilenceRequest = Omit<Silence, 'id' | 'updatedAt'> & { readonly id?: string | undefined };

/** A request that cannot be fulfilled: there is no such silence, or it is invalid. */
export class SilenceError extends Error {
  readonly kind: 'not_found' | 'invalid';

  constructor(kind: SilenceError['kind'], message: string) {
    super(message);
    this.name = 'SilenceError';
    this.kind = kind;
  }
}

/** As it is in JSON. */
export interface PersistedSilence extends Omit<Silence, 'matchers'> {
  readonly matchers: readonly (readonly [name: string, type: MatchType, value: string])[];
}

/** The state of a silence at a moment. */
export function silenceState({ startsAt, endsAt }: Silence, at: Millis): SilenceState {
  if (at < startsAt) return 'pending';
  return at < endsAt ? 'active' : 'expired';
}

/** The result of a change. */
interface Changed {
  readonly id: string;
  /** It is on disk. */
  readonly isKept: boolean;
}

export type SilenceEvent = 'created' | 'changed' | 'expired';

/** A silence was made, changed or ended. @param by who asked for it */
type OnSilence = (event: SilenceEvent, silence: Silence, by: string, at: Millis) => void;

/** What a silence of another monitor changes here. */
export interface MergedSilence {
  readonly event: SilenceEvent;
  readonly silence: Silence;
}

export class Silences {
  readonly #states: StateStore;
  readonly #onSilence: OnSilence;
  readonly #silences = new Map<string, Silence>();

  /** Restores the silences of an earlier run. */
  constructor(states: StateStore, onSilence: OnSilence = () => {}) {
    this.#states = states;
    this.#onSilence = onSilence;
    this.#restore(states.all<PersistedSilence>(KIND));
    states.onLate<PersistedSilence>(KIND, late => this.#restore(late));
  }

  #restore(silences: ReadonlyMap<string, PersistedSilence>): void {
    for (const [id, value] of silences) this.#silences.set(id, fromPersisted(value));
  }

  /** All silences, expired ones until they are swept. */
  all(): readonly Silence[] {
    return [...this.#silences.values()];
  }

  get(id: string): Silence | undefined {
    return this.#silences.get(id);
  }

  /** Creates or changes a silence. @param by who requested it @throws SilenceError */
  set(request: SilenceRequest, at: Millis, by = request.createdBy): Changed {
    check(request, at);
    const before = this.#existing(request.id);
    if (before && canChange(before, request, at)) {
      const changed = { ...request, id: before.id, updatedAt: laterThan(before, at) };
      this.#onSilence('changed', changed, by, at);
      return this.#upsert([changed]);
    }
    const startsAt = Math.max(request.startsAt, at);
    const fresh = { ...request, startsAt, id: randomUUID(), updatedAt: at };
    const isLeft = before && silenceState(before, at) !== 'expired';
    if (isLeft) this.#onSilence('expired', before, by, at);
    this.#onSilence('created', fresh, by, at);
    return this.#upsert([...(isLeft ? [expired(before, at)] : []), fresh]);
  }

  /** Expires a silence at once. @param by who requested it @throws SilenceError */
  expire(id: string, at: Millis, by = ''): Changed {
    const silence = this.#existing(id) as Silence;
    if (silenceState(silence, at) === 'expired')
      throw new SilenceError('invalid', `silence ${id} already expired`);
    this.#onSilence('expired', silence, by, at);
    return this.#upsert([expired(silence, at)]);
  }

  /** Takes silences of other monitors: of two versions the later one counts. @returns what has changed by that */
  merge(others: readonly Silence[], at: Millis): MergedSilence[] {
    const later = others.filter(theirs => {
      const ours = this.#silences.get(theirs.id);
      return ours ? supersedes(theirs, ours) : theirs.endsAt + RETENTION >= at;
    });
    const merged = later.flatMap((silence): MergedSilence[] => {
      const ours = this.#silences.get(silence.id);
      const isOver = silenceState(silence, at) === 'expired';
      if (isOver) return ours && silenceState(ours, at) !== 'expired' ? [{ event: 'expired', silence }] : [];
      return [{ event: ours ? 'changed' : 'created', silence }];
    });
    if (later.length > 0) this.#upsert(later);
    return merged;
  }

  /** Active silences that match; empty: the labels are not silenced. */
  muting(labels: Labels, at: Millis): readonly Silence[] {
    return this.all().filter(
      silence => silenceState(silence, at) === 'active' && matchesAll(silence.matchers, labels),
    );
  }

  /** Silences that match and are active or pending. */
  ahead(labels: Labels, at: Millis): readonly Silence[] {
    return this.all().filter(({ endsAt, matchers }) => endsAt > at && matchesAll(matchers, labels));
  }

  /** Deletes silences that expired longer ago than they are retained. */
  sweep(at: Millis): void {
    const gone = this.all().filter(({ endsAt }) => endsAt + RETENTION < at);
    if (gone.length === 0) return;
    for (const { id } of gone) this.#silences.delete(id);
    this.#states.upsert(
      KIND,
      gone.map(({ id }) => [id, undefined]),
    );
  }

  #existing(id: string | undefined): Silence | undefined {
    if (id === undefined || id === '') return undefined;
    const silence = this.#silences.get(id);
    if (!silence) throw new SilenceError('not_found', `silence ${id} not found`);
    return silence;
  }

  #upsert(silences: readonly Silence[]): Changed {
    for (const silence of silences) this.#silences.set(silence.id, silence);
    const isKept = this.#states.upsert(
      KIND,
      silences.map(silence => [silence.id, toPersisted(silence)]),
    );
    return { id: (silences.at(-1) as Silence).id, isKept };
  }
}

function check({ matchers, startsAt, endsAt }: SilenceRequest, at: Millis): void {
  const invalid = (reason: string) => new SilenceError('invalid', `invalid silence: ${reason}`);
  const problem = matchersProblem(matchers);
  if (problem) throw invalid(problem);
  if (endsAt <= startsAt) throw invalid('end time must not be before or at start time');
  if (endsAt <= at) throw invalid("end time can't be in the past");
}

/** What is wrong with the matchers of a silence; undefined: nothing. */
export function matchersProblem(matchers: readonly Matcher[]): string | undefined {
  if (matchers.length === 0) return 'at least one matcher required';
  return matchers.every(matchesEmpty) ? 'at least one matcher must not match the empty string' : undefined;
}

/** As in Alertmanager's silence.go: a negative matcher never counts as matching the empty string. */
function matchesEmpty(matcher: Matcher): boolean {
  return matcher.isEqual && matcher.matchesValue('');
}

function canChange(before: Silence, request: SilenceRequest, at: Millis): boolean {
  const texts = ({ matchers }: Pick<Silence, 'matchers'>) => matchers.map(String).sort().join();
  if (texts(before) !== texts(request)) return false;
  const state = silenceState(before, at);
  if (state === 'active') return Math.floor(before.startsAt / 1000) === Math.floor(request.startsAt / 1000);
  return state === 'pending' && request.startsAt >= at;
}

function expired(silence: Silence, at: Millis): Silence {
  const startsAt = Math.min(silence.startsAt, at);
  return { ...silence, startsAt, endsAt: at, updatedAt: laterThan(silence, at) };
}

/** When a silence is changed: later than it was changed before, also by a monitor whose clock is ahead. */
function laterThan({ updatedAt }: Silence, at: Millis): Millis {
  return Math.max(at, updatedAt + 1);
}

export function toPersisted({ matchers, ...rest }: Silence): PersistedSilence {
  return { ...rest, matchers: matchers.map(({ name, type, value }) => [name, type, value]) };
}

/** @throws RegexpError */
export function fromPersisted({ matchers, ...rest }: PersistedSilence): Silence {
  return { ...rest, matchers: matchers.map(([name, type, value]) => new Matcher(name, type, value)) };
}
