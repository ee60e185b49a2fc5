// GET, POST and DELETE of /announcements: what the status page tells its readers above everything else.

import { z } from 'zod';
import { SEVERITIES } from '../../model/service.js';
import { isoLocal, type Millis } from '../../model/time.js';
import {
  type Announcement,
  announcementState,
  MAX_MESSAGE,
  MAX_POSTED,
  MAX_TITLE,
} from '../page/announcements.js';
import { moment, yesOrNo } from '../query.js';
import { HttpError, route } from '../route.js';
import { timestamp } from '../shapes.js';

/** Bytes. */
const LIMIT = 64 * 1024;

const PATH = '/announcements';

const severity = z.enum(SEVERITIES, { error: `expected ${SEVERITIES.join(', ')}` });

const shown = z.object({
  id: z.string(),
  title: z.string(),
  message: z.string().describe('Plain text; may have lines'),
  severity,
  state: z.enum(['active', 'planned', 'ended']),
  starts_at: timestamp.optional().describe('Absent where it was posted to be shown at once'),
  ends_at: timestamp.optional().describe('Absent where it is shown until it is removed'),
  configured: z
    .boolean()
    .describe('It stands in `page.announcements` of monitor.yml and can be removed there only'),
});

/** A text of bounded length that is not empty. */
const line = (length: number) => {
  const want = `expected a text of at most ${length} characters`;
  return z
    .string({ error: want })
    .refine(value => value.trim() !== '', 'must not be empty')
    .refine(value => [...value].length <= length, want);
};

const wanted = z.strictObject({
  title: line(MAX_TITLE).meta({ examples: ['Upgrade of the Jetson'] }),
  message: line(MAX_MESSAGE).meta({ examples: ['Answers come from the CPU meanwhile.'] }),
  severity: severity.default('info'),
  starts_at: moment().optional().describe('Shown as planned before; without it, it is shown at once'),
  ends_at: moment().optional().describe('Shown until then; without it, until it is removed'),
});

export const getAnnouncements = route({
  method: 'GET',
  path: PATH,
  summary: 'Announcements of the status page: active ones before planned ones, worst first',
  query: z.object({
    ended: yesOrNo().optional().describe('Also those that have ended in the last seven days'),
  }),
  answer: z.object({ announcements: z.array(shown), count: z.number() }),
  handle({ ended }, { announcements, clock }) {
    const now = clock.now();
    const all = announcements.list(now, ended ?? false).map(each => shownAnnouncement(each, now));
    return { body: { announcements: all, count: all.length } };
  },
});

/** An announcement as the endpoints show it. */
export function shownAnnouncement(each: Announcement, now: Millis): z.output<typeof shown> {
  const { id, title, message, severity, startsAt, endsAt, isConfigured } = each;
  return {
    ...{ id, title, message, severity },
    state: announcementState(each, now),
    starts_at: startsAt === undefined ? undefined : isoLocal(startsAt),
    ends_at: endsAt === undefined ? undefined : isoLocal(endsAt),
    configured: isConfigured,
  };
}

const NOT_KEPT = 'it is in force but not on disk: a restart forgets it; see the log';

export const postAnnouncement = route({
  method: 'POST',
  path: PATH,
  summary: 'Puts an announcement on the status page; it survives a restart',
  body: { name: 'announcement', limit: LIMIT, shape: wanted },
  answer: z.object({ id: z.string() }),
  others: {
    409: { when: `There are ${MAX_POSTED} already` },
    500: { when: 'It is shown but not on disk' },
  },
  handle(_, { announcements, alerting, clock }, { body, by }) {
    const now = clock.now();
    const { title, message, severity, starts_at: startsAt, ends_at: endsAt } = body;
    if (endsAt !== undefined && endsAt <= (startsAt ?? now))
      throw new HttpError(400, `ends_at: must be later than ${startsAt === undefined ? 'now' : 'starts_at'}`);
    if (endsAt !== undefined && endsAt <= now) throw new HttpError(400, 'ends_at: must be later than now');
    const posted = announcements.post({ title, message, severity, startsAt, endsAt }, now);
    if (!posted)
      throw new HttpError(
        409,
        `there are ${MAX_POSTED} announcements already: remove one with DELETE ${PATH}/ID`,
      );
    const { id, isKept } = posted;
    alerting.audit.add({ at: now, event: 'announcement posted', by, details: { id, title, severity } });
    if (!isKept) throw new HttpError(500, NOT_KEPT);
    return { body: { id } };
  },
});

export const deleteAnnouncement = route({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Takes an announcement from the status page',
  inPath: { id: { description: 'Its `id`', example: '2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a' } },
  answer: z.object({ id: z.string() }),
  others: {
    404: { when: 'There is no such announcement' },
    409: { when: 'It stands in monitor.yml' },
    500: { when: 'It is gone but still on disk' },
  },
  handle(_, { announcements, alerting, clock }, { params: { id = '' }, by }) {
    const known = announcements.get(id);
    if (!known) throw new HttpError(404, 'no such announcement; GET /announcements lists them');
    if (known.isConfigured)
      throw new HttpError(409, 'it stands in page.announcements of monitor.yml: remove it there and reload');
    const isKept = announcements.remove(id);
    const { title, severity } = known;
    const at = clock.now();
    alerting.audit.add({ at, event: 'announcement removed', by, details: { id, title, severity } });
    if (!isKept)
      throw new HttpError(500, 'it is gone but still on disk: a restart brings it back; see the log');
    return { body: { id } };
  },
});
