// GET /api/v1/status/walreplay: how far the start has come. There is no write-ahead log to replay: what answers is ready.

import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

export const walReplay = endpoint({
  path: 'status/walreplay',
  summary: 'How far the start has come; always complete',
  data: () => z.object({ min: z.number(), max: z.number(), current: z.number() }),
  handle: () => plain({ min: 0, max: 0, current: 0 }),
});
