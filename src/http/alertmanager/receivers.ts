// GET /api/v2/receivers: the configured receivers.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { json } from './problem.js';
import { receiver } from './shapes.js';

export const receivers = endpoint({
  method: 'GET',
  path: 'receivers',
  summary: 'Names of the receivers, as alertmanager.yml has them',
  answer: () => z.array(receiver),
  handle: (_, context: Pick<ApiContext, 'alerting'>) =>
    json(notifierOf(context).config.receivers.map(({ name }) => ({ name }))),
});
