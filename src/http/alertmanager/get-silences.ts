// GET /api/v2/silences: all of them, expired ones for some days.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { describe, filterOf } from './parameters.js';
import { json } from './problem.js';
import { gettableSilence } from './shapes.js';
import { inOrder, isWanted, silenceView } from './silence-view.js';

export const getSilences = endpoint({
  method: 'GET',
  path: 'silences',
  summary: 'Silences: active ones first, then pending ones, then those that expired in the last days',
  query: () => z.object({ filter: describe.filter() }),
  answer: () => z.array(gettableSilence()),
  handle({ query, now }, context: Pick<ApiContext, 'alerting'>) {
    notifierOf(context);
    const filter = filterOf(query);
    const wanted = context.alerting.silences.all().filter(silence => isWanted(silence, filter));
    return json(inOrder(wanted, now).map(silence => silenceView(silence, now)));
  },
});
