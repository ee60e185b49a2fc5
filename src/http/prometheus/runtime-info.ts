// GET /api/v1/status/runtimeinfo: the process.

import { availableParallelism, hostname } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

export const runtimeInfo = endpoint({
  path: 'status/runtimeinfo',
  summary: 'The process: since when it runs, when it read its configuration, how long samples are kept',
  data: () =>
    z.object({
      startTime: z.string(),
      CWD: z.string(),
      hostname: z.string(),
      serverTime: z.string(),
      reloadConfigSuccess: z.boolean(),
      lastConfigTime: z.string(),
      corruptionCount: z.number(),
      goroutineCount: z.number().describe('Always 0: there are none'),
      GOMAXPROCS: z.number().describe('CPUs the process may use'),
      GOMEMLIMIT: z.number().describe("Limit of the main thread's heap in bytes"),
      GOGC: z.string(),
      GODEBUG: z.string(),
      storageRetention: z.string(),
    }),
  handle({ now }, { prometheus }: Pick<ApiContext, 'prometheus'>) {
    const { startedAt, reloadedAt, reloadSucceeded, retention } = prometheus.runtime();
    return plain({
      startTime: new Date(startedAt).toISOString(),
      CWD: process.cwd(),
      hostname: hostname(),
      serverTime: new Date(now).toISOString(),
      reloadConfigSuccess: reloadSucceeded,
      lastConfigTime: new Date(reloadedAt).toISOString(),
      corruptionCount: 0,
      goroutineCount: 0,
      GOMAXPROCS: availableParallelism(),
      GOMEMLIMIT: getHeapStatistics().heap_size_limit,
      GOGC: '',
      GODEBUG: '',
      storageRetention: retention,
    });
  },
});
