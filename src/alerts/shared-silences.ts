// Silences, as several monitors share them, and what is noted of those that change. Comes in: silences of this monitor and of
// others; goes out: lines of the log and of the audit trail.

import { formatMatchers } from '../alertmanager/matchers/matcher.js';
import {
  readSharedSilence,
  shareSilence,
  silenceRevision,
  silenceTtl,
} from '../alertmanager/mute/shared-silence.js';
import type { MergedSilence, Silence, SilenceEvent, Silences } from '../alertmanager/mute/silences.js';
import type { FoundState, SharedKind } from '../ha/shared-states.js';
import type { Clock, Millis } from '../model/time.js';
import type { AlertingOptions } from './alerting-options.js';
import type { AuditTrail } from './audit-trail.js';

/** More than a person makes in a second: of a monitor that was away. */
const MANY = 10;

interface SilenceNotesOptions {
  readonly audit: AuditTrail;
  readonly log: AlertingOptions['log'];
}

/** Notes what has become of a silence. @param by who asked for it */
export function noteSilence(
  { audit, log }: SilenceNotesOptions,
  { event, silence, by, at }: MergedSilence & { readonly by: string; readonly at: Millis },
): void {
  const { id, matchers, createdBy, comment, startsAt, endsAt } = silence;
  const details = {
    id,
    matchers: formatMatchers(matchers),
    created_by: createdBy,
    comment,
    starts_at: new Date(startsAt).toISOString(),
    ends_at: new Date(event === 'expired' ? at : endsAt).toISOString(),
  };
  audit.add({ at, event: `silence ${event}` satisfies `silence ${SilenceEvent}`, by, details });
  log('info', `Silence ${event}`, { by, ...details });
}

interface SharedSilencesOptions extends SilenceNotesOptions {
  readonly silences: Silences;
  readonly clock: Pick<Clock, 'now'>;
  /** Other alerts are muted now. */
  readonly onMuting: (at: Millis) => void;
}

export class SharedSilences implements SharedKind {
  readonly name = 'silence';
  readonly #options: SharedSilencesOptions;

  constructor(options: SharedSilencesOptions) {
    this.#options = options;
  }

  revisions(): ReadonlyMap<string, string> {
    return new Map(this.#options.silences.all().map(silence => [silence.id, silenceRevision(silence)]));
  }

  write(id: string): ReturnType<SharedKind['write']> {
    const { silences, clock } = this.#options;
    const at = clock.now();
    const silence = silences.get(id) as Silence;
    return { value: shareSilence(silence, at), ttl: silenceTtl(silence, at) };
  }

  merge(found: readonly FoundState[]): readonly FoundState[] {
    const { silences, clock, onMuting } = this.#options;
    const at = clock.now();
    const read = found.map(state => ({ state, silence: readSharedSilence(state.value, at - state.age) }));
    const damaged = read.filter(({ state, silence }) => silence?.id !== state.key);
    const whole = read.flatMap(({ state, silence }) => (silence?.id === state.key ? silence : []));
    const merged = silences.merge(whole, at);
    const replicas = new Map(found.map(({ key, replica }) => [key, replica]));
    if (merged.length > MANY)
      this.#options.log('info', 'Silences of other monitors taken', { silences: merged.length });
    else
      for (const each of merged)
        noteSilence(this.#options, { ...each, at, by: `monitor ${replicas.get(each.silence.id)}` });
    if (merged.length > 0) onMuting(at);
    return damaged.map(({ state }) => state);
  }
}
