// Which of two versions of a silence counts, where several monitors may change it.
// Source: Alertmanager, silence/silence.go, state.merge: the one that was changed later.

import type { Millis } from '../../model/time.js';

interface Version {
  readonly endsAt: Millis;
  readonly updatedAt: Millis;
}

/** It was ended; others run out by themselves, some time after their last change. */
export function wasEnded({ endsAt, updatedAt }: Version): boolean {
  return endsAt <= updatedAt;
}

/**
 * Whether a version of another monitor takes the place of the one that is here. A silence that was ended stays so, whatever a monitor
 * that did not know it has made of it meanwhile, by whatever clock.
 */
export function supersedes(theirs: Version, ours: Version): boolean {
  if (wasEnded(theirs) !== wasEnded(ours)) return wasEnded(theirs);
  if (theirs.updatedAt !== ours.updatedAt) return theirs.updatedAt > ours.updatedAt;
  // Both were changed in one moment: every monitor decides alike.
  return theirs.endsAt < ours.endsAt;
}
