// Silences as the API shows them. Comes in: silences; goes out: JSON.
// Source: Alertmanager, api/v2/api.go, SortSilences and CheckSilenceMatchesFilterLabels.

import type { Matcher } from '../../alertmanager/matchers/matcher.js';
import { type Silence, type SilenceState, silenceState } from '../../alertmanager/mute/silences.js';
import type { Millis } from '../../model/time.js';
import { type GettableSilence, printed } from './shapes.js';

const ORDER: readonly SilenceState[] = ['active', 'pending', 'expired'];

/** One silence. */
export function silenceView(silence: Silence, at: Millis): GettableSilence {
  const { id, updatedAt, comment, createdBy, endsAt, matchers, startsAt } = silence;
  return {
    id,
    status: { state: silenceState(silence, at) },
    updatedAt: printed(updatedAt),
    comment,
    createdBy,
    endsAt: printed(endsAt),
    matchers: matchers.map(({ isEqual, isRegex, name, value }) => ({ isEqual, isRegex, name, value })),
    startsAt: printed(startsAt),
  };
}

/** Active ones first, by their end; then pending ones, by their begin; then expired ones, the last to expire first. */
export function inOrder(silences: readonly Silence[], at: Millis): Silence[] {
  const keyOf = (silence: Silence): readonly [number, Millis] => {
    const state = silenceState(silence, at);
    const time = state === 'pending' ? silence.startsAt : silence.endsAt;
    return [ORDER.indexOf(state), state === 'expired' ? -time : time];
  };
  return silences
    .map(silence => ({ silence, key: keyOf(silence) }))
    .sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1])
    .map(({ silence }) => silence);
}

/** Whether a silence has every matcher of a filter, letter by letter. */
export function isWanted({ matchers }: Silence, filter: readonly Matcher[]): boolean {
  const own = matchers.map(String);
  return filter.every(matcher => own.includes(String(matcher)));
}
