// Query fields that choose alerts from begin to end, in the words all endpoints of them share.

import { z } from 'zod';
import { moment, wholeNumber, yesOrNo } from './query.js';

const text = (what: string) => z.string().optional().describe(what);

/** Which alerts: each endpoint picks the fields it understands. */
export const EPISODE_FIELDS = {
  id: text('Only the alert of this `id`'),
  severity: text('Only alerts of this severity').meta({ examples: ['critical'] }),
  service: text('Only alerts of this service').meta({ examples: ['tools'] }),
  alertname: text('Only alerts of this rule').meta({ examples: ['ServiceDown'] }),
  active: yesOrNo().optional().describe('Only alerts that last (true) or are over (false)'),
  before: moment().optional().describe('Only alerts that began before this timestamp'),
  after: moment().optional().describe('Only alerts that began after this timestamp'),
};

/** How many alerts an answer has: 50 unless said. @param most that may be asked for */
export function episodeLimit(most: number) {
  return wholeNumber(1, most).default(50).meta({ description: 'How many', default: 50 });
}
