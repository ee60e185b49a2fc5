// GET /api/v1/status/buildinfo: which Prometheus this is like.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

/**
 * The Prometheus whose API and language this is. Clients choose by it what they may ask: Grafana takes `match[]` of
 * label values and UTF-8 names for granted from some version on, and our own number would pass for one from years ago.
 */
const LIKE = '3.5.0';

export const buildInfo = endpoint({
  path: 'status/buildinfo',
  summary: 'Which Prometheus this is like; `revision` has the version of the monitor',
  data: () =>
    z.object({
      version: z.string(),
      revision: z.string(),
      branch: z.string(),
      buildUser: z.string(),
      buildDate: z.string(),
      goVersion: z.string(),
    }),
  handle: (_, { version }: Pick<ApiContext, 'version'>) =>
    plain({
      version: LIKE,
      revision: `langgraph-monitor-${version}`,
      branch: 'langgraph-monitor',
      buildUser: '',
      buildDate: '',
      goVersion: `node${process.versions.node}`,
    }),
});
