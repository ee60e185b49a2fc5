// POST /api/v2/silences: makes a silence, or changes one.
// Source: Alertmanager, api/v2/api.go, postSilencesHandler; silence/silence.go.

import { z } from 'zod';
import { Matcher, type MatchType } from '../../alertmanager/matchers/matcher.js';
import { SilenceError } from '../../alertmanager/mute/silences.js';
import { RegexpError } from '../../go/regexp.js';
import { isLabelName } from '../../model/label-name.js';
import { quote } from '../../promql/print/quote.js';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { Complaint, json } from './problem.js';
import { postableSilence } from './shapes.js';

/** Bytes. */
const LIMIT = 1024 * 1024;

type PostableSilence = z.output<typeof postableSilence>;

export const postSilence = endpoint({
  method: 'POST',
  path: 'silences',
  summary: 'Makes a silence, or changes the one of the same id; it survives a restart',
  body: { name: 'silence', limit: LIMIT, shape: postableSilence },
  answer: () => z.object({ silenceID: z.string() }),
  others: {
    400: { when: 'The silence is wrong' },
    404: { when: 'There is no silence of this id, or silences are elsewhere' },
    500: { when: 'It is in force but not on disk' },
  },
  handle({ body, by, now }, context: Pick<ApiContext, 'alerting'>) {
    notifierOf(context, 404);
    const { id, comment, createdBy } = body;
    const startsAt = body.startsAt ?? Number.NEGATIVE_INFINITY;
    const endsAt = body.endsAt ?? Number.NEGATIVE_INFINITY;
    if (startsAt >= endsAt)
      throw new Complaint(400, 'Failed to create silence: start time must be before end time');
    if (endsAt < now) throw new Complaint(400, "Failed to create silence: end time can't be in the past");
    const wanted = {
      id: id ?? undefined,
      matchers: body.matchers.map(matcherOf),
      startsAt,
      endsAt,
      createdBy,
      comment,
    };
    const changed = complaining(() => context.alerting.silences.set(wanted, now, by));
    if (!changed.isKept) throw notKept(changed.id);
    return json({ silenceID: changed.id });
  },
});

/** A silence that is not as it should be, in the API's words. @throws Complaint */
export function complaining<T>(change: () => T): T {
  try {
    return change();
  } catch (error) {
    if (error instanceof SilenceError)
      throw new Complaint(error.kind === 'not_found' ? 404 : 400, error.message);
    throw error;
  }
}

/** It was done, and may be undone by a restart. */
export function notKept(id: string): Complaint {
  return new Complaint(
    500,
    `what was changed of silence ${id} is in force but not on disk: a restart forgets it; see the log`,
  );
}

function matcherOf(
  { name, value, isRegex, isEqual }: PostableSilence['matchers'][number],
  i: number,
): Matcher {
  const begin = `invalid silence: invalid label matcher ${i}`;
  if (!isLabelName(name)) throw new Complaint(400, `${begin}: invalid label name ${quote(name)}`);
  const type: MatchType = isRegex ? (isEqual === false ? '!~' : '=~') : isEqual === false ? '!=' : '=';
  try {
    return new Matcher(name, type, value);
  } catch (error) {
    if (!(error instanceof RegexpError)) throw error;
    throw new Complaint(400, `${begin}: invalid regular expression ${quote(value)}: ${error.message}`);
  }
}
