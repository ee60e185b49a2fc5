// Announcements, as several monitors share them. Comes in: those of this monitor and of others; goes out: the later version of each.

import { z } from 'zod';
import type { FoundState, SharedKind } from '../../ha/shared-states.js';
import { SEVERITIES } from '../../model/service.js';
import type { Clock, Millis } from '../../model/time.js';
import { lazily } from '../lazily.js';
import { type Announcements, RETENTION } from './announcements.js';

/** How long others are to know one that does not end by itself. */
const ENDLESS: Millis = 365 * 86_400_000;

const version = lazily(() =>
  z.object({
    updatedAt: z.number(),
    content: z
      .object({
        title: z.string(),
        message: z.string(),
        severity: z.enum(SEVERITIES),
        startsAt: z.number().optional(),
        endsAt: z.number().optional(),
      })
      .optional(),
  }),
);

export class SharedAnnouncements implements SharedKind {
  readonly name = 'announcement';
  readonly #announcements: Announcements;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(announcements: Announcements, clock: Pick<Clock, 'now'>) {
    this.#announcements = announcements;
    this.#clock = clock;
  }

  revisions(): ReadonlyMap<string, string> {
    const revisions = [...this.#announcements.versions()].map(
      ([id, { updatedAt, content }]) => [id, content ? String(updatedAt) : 'removed'] as const,
    );
    return new Map(revisions);
  }

  write(id: string): ReturnType<SharedKind['write']> {
    const value = this.#announcements.versions().get(id);
    const { content } = value ?? {};
    const lasts = content && (content.endsAt === undefined ? ENDLESS : content.endsAt - this.#clock.now());
    return { value: value ?? {}, ttl: Math.max(0, lasts ?? 0) + RETENTION };
  }

  merge(found: readonly FoundState[]): readonly FoundState[] {
    return found.filter(({ key, value }) => {
      const { data } = version().safeParse(value);
      if (!data) return true;
      const { updatedAt, content } = data;
      const { startsAt, endsAt } = content ?? {};
      this.#announcements.merge(
        key,
        { updatedAt, content: content && { ...content, startsAt, endsAt } },
        this.#clock.now(),
      );
      return false;
    });
  }
}
