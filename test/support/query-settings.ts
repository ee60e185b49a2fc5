// What the command line says of queries by default, for monitors a test starts in its own process.

import type { MonitorSettings } from '../../src/app/monitor.js';
import { DIST } from './monitor.js';

export const QUERY_SETTINGS = {
  query: { timeout: 120_000, limits: { maxSamples: 20_000_000, maxWaiting: 20, lookback: 300_000 } },
  queryThreadFile: new URL('query/thread/thread.js', DIST),
  flags: {},
} satisfies Partial<MonitorSettings>;
