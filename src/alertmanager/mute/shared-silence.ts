// A silence as several monitors share it. Comes in: a silence, or what another monitor has shared; goes out: the other one of both.
// Clocks may differ: what is active where it was shared is active here, and what was ended there has ended here.

import { isLabelName } from '../../model/label-name.js';
import type { Millis } from '../../model/time.js';
import { wasEnded } from './merge-silence.js';
import {
  fromPersisted,
  matchersProblem,
  type PersistedSilence,
  RETENTION,
  type Silence,
  silenceState,
  toPersisted,
} from './silences.js';

/** The largest moment that is a date, on either side of 1970. */
const MAX_DATE: Millis = 8.64e15;
const TYPES: readonly unknown[] = ['=', '!=', '=~', '!~'];

export interface SharedSilence extends PersistedSilence {
  /** Whether it mutes when it is shared. */
  readonly isActive: boolean;
}

/** @param at when it is shared */
export function shareSilence(silence: Silence, at: Millis): SharedSilence {
  return { ...toPersisted(silence), isActive: silenceState(silence, at) === 'active' };
}

/** How long others are to know it. */
export function silenceTtl({ endsAt }: Pick<Silence, 'endsAt'>, at: Millis): Millis {
  return Math.max(0, endsAt - at) + RETENTION;
}

/** Changes whenever a silence does. */
export function silenceRevision({ updatedAt, endsAt }: Silence): string {
  return `${updatedAt} ${endsAt}`;
}

/** @param sharedAt when it was shared, by the clock here @returns undefined when it is something else */
export function readSharedSilence(value: unknown, sharedAt: Millis): Silence | undefined {
  if (!isShared(value)) return undefined;
  const { isActive, id, createdBy, comment, matchers, ...times } = value;
  const silence = withMatchers({ id, createdBy, comment, matchers, ...timesOf(times) });
  if (!silence || matchersProblem(silence.matchers)) return undefined;
  if (wasEnded(silence)) {
    const endsAt = Math.min(silence.endsAt, sharedAt);
    return { ...silence, startsAt: Math.min(silence.startsAt, endsAt), endsAt };
  }
  return isActive ? { ...silence, startsAt: Math.min(silence.startsAt, sharedAt) } : silence;
}

/** No more than what is known. */
function timesOf({ startsAt, endsAt, updatedAt }: Pick<Silence, 'startsAt' | 'endsAt' | 'updatedAt'>) {
  return { startsAt, endsAt, updatedAt };
}

function withMatchers(silence: PersistedSilence): Silence | undefined {
  try {
    return fromPersisted(silence);
  } catch {
    // A regular expression that does not compile.
    return undefined;
  }
}

function isShared(value: unknown): value is SharedSilence {
  if (typeof value !== 'object' || value === null) return false;
  const { id, createdBy, comment, matchers, startsAt, endsAt, updatedAt, isActive } =
    value as Partial<SharedSilence>;
  const areTexts = [id, createdBy, comment].every(each => typeof each === 'string');
  const areMoments = [startsAt, endsAt, updatedAt].every(
    each => typeof each === 'number' && Math.abs(each) <= MAX_DATE,
  );
  const areMatchers = Array.isArray(matchers) && matchers.every(isMatcher);
  return areTexts && areMoments && areMatchers && typeof isActive === 'boolean';
}

function isMatcher(value: unknown): boolean {
  const [name, type, text] = Array.isArray(value) ? value : [];
  return typeof name === 'string' && isLabelName(name) && TYPES.includes(type) && typeof text === 'string';
}
