// GET and DELETE /api/v2/silence/ID: one silence; its end at once.

import { silenceState } from '../../alertmanager/mute/silences.js';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { complaining, notKept } from './post-silence.js';
import { Complaint, INVALID, Invalid, json } from './problem.js';
import { gettableSilence } from './shapes.js';
import { silenceView } from './silence-view.js';

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const PATH = 'silence/:silenceID';

const inPath = {
  silenceID: { description: 'The id of a silence', example: '2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a' },
};
const others = {
  404: { when: 'There is no such silence' },
  422: { when: 'The id is no UUID' },
  500: { when: 'Silences are elsewhere' },
};

export const getSilence = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'One silence',
  inPath,
  answer: gettableSilence,
  others,
  handle({ silenceId, now }, context: Pick<ApiContext, 'alerting'>) {
    notifierOf(context);
    const silence = context.alerting.silences.get(checked(silenceId));
    if (!silence) throw new Complaint(404, `silence ${silenceId} not found`);
    return json(silenceView(silence, now));
  },
});

export const deleteSilence = endpoint({
  method: 'DELETE',
  path: PATH,
  summary: 'Ends a silence at once',
  inPath,
  answer: [],
  others: { ...others, 500: { when: 'It has ended but is still on disk, or silences are elsewhere' } },
  handle({ silenceId, by, now }, context: Pick<ApiContext, 'alerting'>) {
    notifierOf(context);
    const { silences } = context.alerting;
    const silence = silences.get(checked(silenceId));
    // Another request may have been faster; the result is the wanted one.
    if (silence && silenceState(silence, now) === 'expired') return { body: '' };
    const changed = complaining(() => silences.expire(silenceId, now, by));
    if (!changed.isKept) throw notKept(silenceId);
    return { body: '' };
  },
});

function checked(id: string): string {
  if (UUID.test(id)) return id;
  throw new Invalid(INVALID.type, `silenceID in path must be of type uuid: ${JSON.stringify(id)}`);
}
