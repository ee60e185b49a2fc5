// Silences: which alerts are not sent, for how long and why. They survive a restart and expire by themselves.
// Source: Alertmanager, silence/silence.go.

import { randomUUID } from 'node:crypto';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { StateStore } from '../../store/state-table.js';
import { Matcher, type MatchType, matchesAll } from '../matchers/matcher.js';

const KIND = 'silence';
/** Expired ones are shown for as long as Alertmanager does. */
const RETENTION: Millis = 120 * 3_600_000;

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
export type WantedSilence = Omit<Silence, 'id' | 'updatedAt'> & { readonly id?: string | undefined };

/** It cannot be as it is wanted. `kind` says whether there is no such silence or the wish is wrong. */
export class SilenceError extends Error {
  readonly kind: 'not_found' | 'invalid';

  constructor(kind: SilenceError['kind'], message: string) {
    super(message);
    this.name = 'SilenceError';
    this.kind = kind;
  }
}

interface PersistedSilence extends Omit<Silence, 'matchers'> {
  readonly matchers: readonly (readonly [name: string, type: MatchType, value: string])[];
}

/** What a silence is at a moment. */
export function silenceState({ startsAt, endsAt }: Silence, at: Millis): SilenceState {
  if (at < startsAt) return 'pending';
  return at < endsAt ? 'active' : 'expired';
}

/** What came of a change. */
interface Changed {
  readonly id: string;
  /** It is on disk. */
  readonly isKept: boolean;
}

/** A silence was made, changed or ended. @param by who asked for it */
type OnSilence = (event: 'created' | 'changed' | 'expired', silence: Silence, by: string, at: Millis) => void;

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
    for (const [id, value] of silences) {
      const matchers = value.matchers.map(([name, type, text]) => new Matcher(name, type, text));
      this.#silences.set(id, { ...value, matchers });
    }
  }

  /** All of them, expired ones for some days. */
  all(): readonly Silence[] {
    return [...this.#silences.values()];
  }

  get(id: string): Silence | undefined {
    return this.#silences.get(id);
  }

  /** Makes a silence, or changes one. @param by who asks for it @throws SilenceError */
  set(wanted: WantedSilence, at: Millis, by = wanted.createdBy): Changed {
    check(wanted, at);
    const before = this.#existing(wanted.id);
    if (before && canChange(before, wanted, at)) {
      const changed = { ...wanted, id: before.id, updatedAt: at };
      this.#onSilence('changed', changed, by, at);
      return this.#upsert([changed]);
    }
    const startsAt = Math.max(wanted.startsAt, at);
    const fresh = { ...wanted, startsAt, id: randomUUID(), updatedAt: at };
    const isLeft = before && silenceState(before, at) !== 'expired';
    if (isLeft) this.#onSilence('expired', before, by, at);
    this.#onSilence('created', fresh, by, at);
    return this.#upsert([...(isLeft ? [expired(before, at)] : []), fresh]);
  }

  /** Ends a silence at once. @param by who asks for it @throws SilenceError */
  expire(id: string, at: Millis, by = ''): Changed {
    const silence = this.#existing(id) as Silence;
    if (silenceState(silence, at) === 'expired')
      throw new SilenceError('invalid', `silence ${id} already expired`);
    this.#onSilence('expired', silence, by, at);
    return this.#upsert([expired(silence, at)]);
  }

  /** Those that are active and match; none: it is not silenced. */
  muting(labels: Labels, at: Millis): readonly Silence[] {
    return this.all().filter(
      silence => silenceState(silence, at) === 'active' && matchesAll(silence.matchers, labels),
    );
  }

  /** Those that match and are active or will be. */
  ahead(labels: Labels, at: Millis): readonly Silence[] {
    return this.all().filter(({ endsAt, matchers }) => endsAt > at && matchesAll(matchers, labels));
  }

  /** Forgets what expired long ago. */
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

function check({ matchers, startsAt, endsAt }: WantedSilence, at: Millis): void {
  const invalid = (reason: string) => new SilenceError('invalid', `invalid silence: ${reason}`);
  if (matchers.length === 0) throw invalid('at least one matcher required');
  if (matchers.every(matchesEmpty)) throw invalid('at least one matcher must not match the empty string');
  if (endsAt <= startsAt) throw invalid('end time must not be before or at start time');
  if (endsAt <= at) throw invalid("end time can't be in the past");
}

/** As Alertmanager's silence.go has it: a matcher that says "not" never counts, it names what to leave out. */
function matchesEmpty(matcher: Matcher): boolean {
  return matcher.isEqual && matcher.matchesValue('');
}

function canChange(before: Silence, wanted: WantedSilence, at: Millis): boolean {
  const texts = ({ matchers }: Pick<Silence, 'matchers'>) => matchers.map(String).sort().join();
  if (texts(before) !== texts(wanted)) return false;
  const state = silenceState(before, at);
  if (state === 'active') return Math.floor(before.startsAt / 1000) === Math.floor(wanted.startsAt / 1000);
  return state === 'pending' && wanted.startsAt >= at;
}

function expired(silence: Silence, at: Millis): Silence {
  const startsAt = Math.min(silence.startsAt, at);
  return { ...silence, startsAt, endsAt: at, updatedAt: at };
}

function toPersisted({ matchers, ...rest }: Silence): PersistedSilence {
  return { ...rest, matchers: matchers.map(({ name, type, value }) => [name, type, value]) };
}
