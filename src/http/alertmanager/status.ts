// GET /api/v2/status: which Alertmanager this is like, and what it is configured to do.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { json } from './problem.js';
import { printed } from './shapes.js';

/** The Alertmanager whose API this is; clients choose by it what they may ask. */
const LIKE = '0.28.0';

export const status = endpoint({
  method: 'GET',
  path: 'status',
  summary: 'Which Alertmanager this is like, and its configuration without secrets',
  answer: () =>
    z.object({
      cluster: z.object({ peers: z.array(z.unknown()), status: z.literal('disabled') }),
      config: z.object({ original: z.string() }),
      uptime: z.string().describe('Since when it runs'),
      versionInfo: z.object({
        branch: z.string(),
        buildDate: z.string(),
        buildUser: z.string(),
        goVersion: z.string(),
        revision: z.string(),
        version: z.string(),
      }),
    }),
  handle(_, context: Pick<ApiContext, 'alerting' | 'prometheus' | 'version'>) {
    const { config } = notifierOf(context);
    return json({
      cluster: { peers: [], status: 'disabled' },
      config: { original: config.masked },
      uptime: printed(context.prometheus.runtime().startedAt),
      versionInfo: {
        branch: 'langgraph-monitor',
        buildDate: '',
        buildUser: '',
        goVersion: `node${process.versions.node}`,
        revision: `langgraph-monitor-${context.version}`,
        version: LIKE,
      },
    });
  },
});
