// GET and POST of /announcements, GET, PUT and DELETE of one: what the status page tells its readers above everything else.

import { z } from 'zod';
import { SEVERITIES } from '../../model/service.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { lazily } from '../lazily.js';
import {
  type Announcement,
  type Announcements,
  announcementState,
  MAX_MESSAGE,
  MAX_POSTED,
  MAX_TITLE,
  RETENTION,
  type WantedAnnouncement,
} from '../page/announcements.js';
import { moment, yesOrNo } from '../query.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';

/** Bytes. */
const LIMIT = 64 * 1024;

const PATH = '/announcements';
const ONE = `${PATH}/:id`;

const inPath = { id: { description: 'Its `id`', example: '2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a' } };

/** Longest value an error repeats. */
const MAX_REPEATED = 100;

const severity = z.enum(SEVERITIES, {
  error: ({ input }) => `expected ${SEVERITIES.join(', ')}, not ${shortJson(input)}`,
});

const shown = lazily(() =>
  z.object({
    id: z.string(),
    title: z.string(),
    message: z.string().describe('Plain text; may have lines'),
    severity,
    state: z.enum(['active', 'planned', 'ended']),
    starts_at: timestamp.optional().describe('Absent where it was posted to be shown at once'),
    ends_at: timestamp.optional().describe('Absent where it is shown until it is removed'),
    configured: z
      .boolean()
      .describe('It stands in `page.announcements` of monitor.yml and can be changed and removed there only'),
  }),
);

/** A text of bounded length that is not empty. */
const line = (length: number) => {
  const want = `expected a text of at most ${length} characters`;
  return z
    .string({ error: want })
    .refine(value => value.trim() !== '', 'must not be empty')
    .refine(value => [...value].length <= length, {
      error: ({ input }) => `${want}, not ${[...String(input)].length}`,
    });
};

const wanted = z.strictObject({
  title: line(MAX_TITLE).meta({ examples: ['Upgrade of the Jetson'] }),
  message: line(MAX_MESSAGE).meta({ examples: ['Answers come from the CPU meanwhile.'] }),
  severity: severity.default('info'),
  starts_at: moment().optional().describe('Shown as planned before; without it, it is shown at once'),
  ends_at: moment().optional().describe('Shown until then; without it, until it is removed'),
});

/** Also what an announcement has beside its contents, so that one that was read can be sent back. */
const wantedInPlace = wanted.extend({
  id: z.string().optional().describe('That of the path, where it is there'),
  state: z.string().optional().describe('Has no effect'),
  configured: z.boolean().optional().describe('Has no effect'),
});

export const getAnnouncements = route({
  method: 'GET',
  path: PATH,
  summary: 'Announcements of the status page: active ones before planned ones, worst first',
  query: () =>
    z.object({
      ended: yesOrNo().optional().describe('Also those that have ended in the last seven days'),
    }),
  answer: () => z.object({ announcements: z.array(shown()), count: z.number() }),
  handle({ ended }, { announcements, clock }: Pick<ApiContext, 'announcements' | 'clock'>) {
    const now = clock.now();
    const all = announcements.list(now, ended ?? false).map(each => announcementView(each, now));
    return { body: { announcements: all, count: all.length } };
  },
});

/** An announcement as the endpoints show it. */
export function announcementView(each: Announcement, now: Millis): z.output<ReturnType<typeof shown>> {
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
  answer: () => z.object({ id: z.string() }),
  others: {
    409: { when: `There are ${MAX_POSTED} already` },
    500: { when: 'It is shown but not on disk' },
  },
  handle(
    _,
    { announcements, alerting, clock }: Pick<ApiContext, 'announcements' | 'alerting' | 'clock'>,
    { body, by },
  ) {
    const at = clock.now();
    const content = contentOf(body);
    checkEnd(content, at, { mayBeOver: false });
    const posted = announcements.post(content, at);
    if (!posted) throw tooMany();
    const { id, isKept } = posted;
    const { title, severity } = content;
    alerting.audit.add({ at, event: 'announcement posted', by, details: { id, title, severity } });
    if (!isKept) throw new HttpError(500, NOT_KEPT);
    return { body: { id } };
  },
});

export const getAnnouncement = route({
  method: 'GET',
  path: ONE,
  summary: 'One announcement, also one that has ended',
  inPath,
  answer: shown,
  others: { 404: { when: 'There is no such announcement' } },
  handle(_, { announcements, clock }: Pick<ApiContext, 'announcements' | 'clock'>, { params: { id = '' } }) {
    return { body: announcementView(existing(announcements, id), clock.now()) };
  },
});

export const putAnnouncement = route({
  method: 'PUT',
  path: ONE,
  summary:
    'Gives a posted announcement other contents, all of them; with `ends_at` of now it ends, and stays listed as over',
  inPath,
  body: { name: 'announcement', limit: LIMIT, shape: wantedInPlace },
  answer: shown,
  others: {
    404: { when: 'There is no such announcement' },
    409: { when: `It stands in monitor.yml, or it had ended and there are ${MAX_POSTED} others` },
    500: { when: 'It is changed but not on disk' },
  },
  handle(
    _,
    { announcements, alerting, clock }: Pick<ApiContext, 'announcements' | 'alerting' | 'clock'>,
    { params: { id = '' }, body, by },
  ) {
    const before = posted(announcements, id, 'change');
    if (body.id !== undefined && body.id !== id)
      throw new HttpError(400, `id: must be that of the path, not ${shortJson(body.id)}`);
    const at = clock.now();
    const content = contentOf(body);
    checkEnd(content, at, { mayBeOver: true });
    const changed = FIELDS.filter(name => content[FIELD[name]] !== before[FIELD[name]]);
    if (changed.length > 0) {
      const isKept = announcements.change(id, content, at);
      if (isKept === undefined) throw tooMany();
      const isOver = (each: WantedAnnouncement) => announcementState(each, at) === 'ended';
      alerting.audit.add({
        at,
        event: isOver(content) && !isOver(before) ? 'announcement ended' : 'announcement changed',
        by,
        details: { id, title: content.title, severity: content.severity, changed: changed.join(', ') },
      });
      if (!isKept)
        throw new HttpError(500, 'it is changed but not on disk: a restart undoes it; see the log');
    }
    return { body: announcementView({ ...content, id, isConfigured: false }, at) };
  },
});

export const deleteAnnouncement = route({
  method: 'DELETE',
  path: ONE,
  summary: 'Takes an announcement from the status page',
  inPath,
  answer: () => z.object({ id: z.string() }),
  others: {
    404: { when: 'There is no such announcement' },
    409: { when: 'It stands in monitor.yml' },
    500: { when: 'It is gone but still on disk' },
  },
  handle(
    _,
    { announcements, alerting, clock }: Pick<ApiContext, 'announcements' | 'alerting' | 'clock'>,
    { params: { id = '' }, by },
  ) {
    const { title, severity } = posted(announcements, id, 'remove');
    const at = clock.now();
    const isKept = announcements.remove(id, at);
    alerting.audit.add({ at, event: 'announcement removed', by, details: { id, title, severity } });
    if (!isKept)
      throw new HttpError(500, 'it is gone but still on disk: a restart brings it back; see the log');
    return { body: { id } };
  },
});

/** The keys of a body, and what we call them. */
const FIELD = {
  title: 'title',
  message: 'message',
  severity: 'severity',
  starts_at: 'startsAt',
  ends_at: 'endsAt',
} as const;
const FIELDS = Object.keys(FIELD) as (keyof typeof FIELD)[];

function contentOf(body: z.output<typeof wanted>): WantedAnnouncement {
  const { title, message, severity, starts_at: startsAt, ends_at: endsAt } = body;
  return { title, message, severity, startsAt, endsAt };
}

/** @param mayBeOver whether it may have ended already, as one that is changed may @throws HttpError 400 */
function checkEnd(
  { startsAt, endsAt }: WantedAnnouncement,
  now: Millis,
  { mayBeOver }: { mayBeOver: boolean },
): void {
  if (endsAt === undefined) return;
  const fault = (what: string) => new HttpError(400, `ends_at: ${what}, not ${isoLocal(endsAt)}`);
  if (startsAt !== undefined && endsAt <= startsAt)
    throw fault(`must be later than starts_at (${isoLocal(startsAt)})`);
  if (!mayBeOver && endsAt <= now) throw fault('must be later than now');
  if (endsAt + RETENTION <= now) throw fault('must be within the last seven days or later');
}

/** @throws HttpError 404 */
function existing(announcements: Announcements, id: string): Announcement {
  const found = announcements.get(id);
  if (found) return found;
  throw new HttpError(404, `no such announcement: ${shortJson(id)}; GET ${PATH}?ended=true lists them`);
}

/** @throws HttpError 404, 409 */
function posted(announcements: Announcements, id: string, verb: 'change' | 'remove'): Announcement {
  const found = existing(announcements, id);
  if (!found.isConfigured) return found;
  const title = JSON.stringify(found.title);
  throw new HttpError(
    409,
    `${title} stands in page.announcements of monitor.yml: ${verb} it there and reload`,
  );
}

function tooMany(): HttpError {
  const message = `there are ${MAX_POSTED} announcements already: remove one with DELETE ${PATH}/ID, or end one with PUT`;
  return new HttpError(409, message);
}

/** A value as an error repeats it. */
function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_REPEATED ? `${text.slice(0, MAX_REPEATED)}...` : text;
}
