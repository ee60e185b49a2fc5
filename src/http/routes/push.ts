// GET and POST /push/ID: a service of `kind: push` reports itself. GET, too, since what pushes is often a `curl URL` in a cron
// job or a field for a URL; the token keeps pages and crawlers out.

import { z } from 'zod';
import { hideCredentials } from '../../model/hide-credentials.js';
import { PUSH_STATUSES } from '../../model/push.js';
import { oneLine, scrub } from '../../model/scrub.js';
import type { Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { type RouteDefinition, route } from '../route.js';

/** Longest message that is kept, in characters. */
const MAX_MESSAGE = 200;
/** Longer than any job takes. */
const MAX_DURATION: Millis = 366 * 86_400_000;
const WANT = 'expected milliseconds, such as 1234.5';

const millis = () =>
  z
    .string({ error: WANT })
    .regex(/^(\d{1,12}(\.\d{1,9})?)?$/, WANT)
    .transform(text => (text === '' ? undefined : Math.min(Number(text), MAX_DURATION)))
    .optional();

const query = () =>
  z.object({
    status: z
      .enum(PUSH_STATUSES, { error: `expected ${PUSH_STATUSES.join(', ')}` })
      .default('up')
      .describe('How the service is'),
    msg: z
      .string({ error: 'expected one text' })
      .default('')
      .describe('What there is to say; one line, credentials are hidden')
      .meta({ examples: ['42 files'] }),
    ping: millis().describe('How long it took, in milliseconds; may be empty').meta({ type: 'number' }),
    duration: millis().describe('The same by another name').meta({ type: 'number' }),
    token: z
      .string({ error: 'expected one token' })
      .optional()
      .describe("The service's token, unless it is in the header `Authorization: Bearer TOKEN`"),
  });

type Push = Pick<RouteDefinition, 'method' | 'summary'>;

const pushRoute = ({ method, summary }: Push) =>
  route({
    method,
    path: '/push/:id',
    summary,
    hasOwnToken: true,
    inPath: { id: { description: 'Of a service of kind `push`, as in monitor.yml', example: 'backup' } },
    query,
    answer: () => z.object({ ok: z.literal(true) }),
    others: {
      401: { when: 'There is no such service, or the token is not its own' },
      429: { when: 'The service pushes more than once a second' },
      503: { when: 'The push counts, but could not be written: a restart may lose it' },
    },
    handle(
      { status, msg, ping, duration = ping, token },
      { pushes }: Pick<ApiContext, 'pushes'>,
      { params: { id = '' }, authorization },
    ) {
      const given = bearer(authorization) ?? token ?? '';
      if (!pushes.isAuthorized(id, given))
        throw new HttpError(401, `${JSON.stringify(id)} takes no push with this token`, {
          'www-authenticate': 'Bearer realm="push"',
        });
      const message = oneLine(hideCredentials(oneLine(scrub(msg, [given]), 1000)), MAX_MESSAGE);
      const isWritten = pushes.add(id, { status, message, ...(duration !== undefined && { duration }) });
      if (!isWritten)
        throw new HttpError(503, 'the push counts, but could not be written; send it again', {
          'retry-after': '30',
        });
      return { headers: { 'cache-control': 'no-store' }, body: { ok: true } };
    },
  });

function bearer(authorization = ''): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

export const postPush = pushRoute({ method: 'POST', summary: 'Reports a service of kind `push`' });
export const getPush = pushRoute({ method: 'GET', summary: 'The same, for what can only call a URL' });
