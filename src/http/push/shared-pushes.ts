// Pushes, as several monitors share them: whichever gets a push, all of them know it. Comes in: those of this monitor and of others;
// goes out: the last one of each service. Spans are of Redis' clock.

import { z } from 'zod';
import type { FoundState, SharedKind } from '../../ha/shared-states.js';
import { PUSH_STATUSES } from '../../model/push.js';
import type { Clock, Millis } from '../../model/time.js';
import { lazily } from '../lazily.js';
import type { Pushes, PushVersion } from './pushes.js';

/** A service that has not pushed for so long is down anyway. */
const RETENTION: Millis = 120 * 3_600_000;

const push = lazily(() =>
  z.object({
    age: z.number(),
    revision: z.string(),
    report: z.object({
      status: z.enum(PUSH_STATUSES),
      message: z.string(),
      duration: z.number().optional(),
    }),
  }),
);

export class SharedPushes implements SharedKind {
  readonly name = 'push';
  readonly #pushes: Pushes;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(pushes: Pushes, clock: Pick<Clock, 'now'>) {
    this.#pushes = pushes;
    this.#clock = clock;
  }

  revisions(): ReadonlyMap<string, string> {
    return new Map([...this.#pushes.versions()].map(([id, { revision }]) => [id, revision] as const));
  }

  write(id: string): ReturnType<SharedKind['write']> {
    const { at, report, revision } = this.#pushes.versions().get(id) as PushVersion;
    return { value: { age: Math.max(0, this.#clock.now() - at), revision, report }, ttl: RETENTION };
  }

  merge(found: readonly FoundState[]): readonly FoundState[] {
    return found.filter(({ key, value, age: putAge }) => {
      const { data } = push().safeParse(value);
      if (!data) return true;
      const { age, revision } = data;
      const { status, message, duration } = data.report;
      const report = { status, message, ...(duration !== undefined && { duration }) };
      this.#pushes.merge(key, { at: this.#clock.now() - putAge - Math.max(0, age), report, revision });
      return false;
    });
  }
}
