// The section `page` of monitor.yml: what the status page is called, shows and allows. Comes in: YAML; goes out:
// settings.

import { z } from 'zod';
import { about, ofType } from '../../config/about.js';
import { flag, section, text, words } from '../../config/fields.js';
import { SEVERITIES } from '../../model/service.js';
import { type Millis, parseIso } from '../../model/time.js';
import { MAX_MESSAGE, MAX_TITLE, type WantedAnnouncement } from './announcements.js';

/** What the page is called where nothing is configured. */
const DEFAULT_TITLE = 'langgraph-monitor';
const MAX_DESCRIPTION = 1000;
const MAX_CONFIGURED = 20;
const SOURCE = /^https?:\/\/(?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(?:\d{1,5}|\*))?$/i;
const MAX_SOURCES = 20;

export interface PageSettings {
  readonly title: string;
  readonly description: string | undefined;
  /** Services that are checked and alerted on but not shown. */
  readonly hide: readonly string[];
  /** A page for the public: without actions and without what the public should not see. */
  readonly readOnly: boolean;
  readonly announcements: readonly WantedAnnouncement[];
  /** Sources of the policy `frame-ancestors`. */
  readonly frameAncestors: string;
}

/** A text of bounded length, in characters. */
const atMost = (length: number) =>
  words().refine(value => [...value].length <= length, `expected at most ${length} characters`);

const time = () => ofType('time', { type: 'string' }, parsedTime);

const parsedTime = text().transform((given, context): Millis => {
  const at = parseIso(given);
  if (at !== undefined) return at;
  context.addIssue({
    code: 'custom',
    message: `${JSON.stringify(given)} is no time; write 2026-12-24T18:00:00+01:00, or without zone for the monitor's own`,
  });
  return z.NEVER;
});

const announcement = section({
  title: about(atMost(MAX_TITLE), 'First line.', { example: 'Upgrade of the Jetson' }),
  message: about(atMost(MAX_MESSAGE), 'What readers should know.', {
    example: 'Answers come from the CPU meanwhile.',
  }),
  severity: about(
    z.enum(SEVERITIES, { error: `expected ${SEVERITIES.join(', ')}` }).default('info'),
    'Its colour and shape.',
  ),
  starts_at: about(time().optional(), "When it begins to be shown; without a zone, in the monitor's own.", {
    example: '2026-12-24T18:00:00+01:00',
    fallback: 'at once',
  }),
  ends_at: about(time().optional(), 'When it ends.', {
    example: '2026-12-24T20:00:00+01:00',
    fallback: 'never',
  }),
})
  .superRefine(({ starts_at, ends_at }, context) => {
    if (starts_at !== undefined && ends_at !== undefined && starts_at >= ends_at)
      context.addIssue({ code: 'custom', path: ['ends_at'], message: 'must be later than starts_at' });
  })
  .transform(
    ({ title, message, severity, starts_at, ends_at }): WantedAnnouncement => ({
      ...{ title, message, severity },
      startsAt: starts_at,
      endsAt: ends_at,
    }),
  );

const FRAME_WANT = 'expected none, self, or origins such as https://wiki.example.org';

const frameAncestors = z
  .union([text().transform(one => [one]), z.array(text())], { error: FRAME_WANT })
  .transform((sources, context): string => {
    for (const [i, each] of sources.entries())
      if (each !== 'self' && !(each === 'none' && sources.length === 1) && !SOURCE.test(each))
        context.addIssue({
          code: 'custom',
          path: [i],
          message: `${JSON.stringify(each)} cannot frame the page: ${FRAME_WANT}`,
        });
    if (sources.length > MAX_SOURCES)
      context.addIssue({ code: 'custom', message: `expected at most ${MAX_SOURCES} origins` });
    if (sources.length === 0) return "'none'";
    return sources.map(each => (each === 'self' || each === 'none' ? `'${each}'` : each)).join(' ');
  });

/** The section's schema. */
export const pageSection = section({
  title: about(
    atMost(MAX_TITLE).default(DEFAULT_TITLE),
    'Heading of the page, and its name in the browser.',
    { example: 'Cluster of the lab' },
  ),
  description: about(atMost(MAX_DESCRIPTION).optional(), 'Text below the heading.', {
    example: 'What the chat runs on.',
  }),
  hide: about(
    z.array(text(), { error: 'expected a list of services' }).default([]),
    'Services that are checked and alerted on, but not shown.',
    { example: ['redis'] },
  ),
  read_only: about(
    flag().default(false),
    'A page for the public: without actions, URLs, bodies and receivers.',
  ),
  announcements: about(
    z
      .array(announcement, { error: 'expected a list of announcements, each with title and message' })
      .max(MAX_CONFIGURED, `expected at most ${MAX_CONFIGURED} announcements`)
      .default([]),
    'Shown above the services; `POST /announcements` adds further ones.',
  ),
  frame_ancestors: about(
    ofType(
      'none, self or a list of origins',
      { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      frameAncestors.default("'none'"),
    ),
    'Which pages may show this one in a frame.',
    { example: ['https://wiki.example.org'], fallback: 'none' },
  ),
}).transform(
  ({ read_only, frame_ancestors, ...rest }): PageSettings => ({
    ...rest,
    description: rest.description,
    readOnly: read_only,
    frameAncestors: frame_ancestors,
  }),
);
