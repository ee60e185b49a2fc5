// A simulated tools server (web search, scraping, commands). Started by cluster.ts.

import type { Millis } from '../model/time.js';
import { json } from './fault.js';
import { type SimulatedServer, startServer } from './server.js';
import { sine } from './sine.js';

interface ToolsOptions {
  readonly port?: number | undefined;
  readonly latency?: (() => Millis) | undefined;
  /** Monotonic milliseconds; the process' own by default. */
  readonly elapsed?: (() => Millis) | undefined;
}

/** Starts it on loopback; who starts it closes it. @throws Error when the port is taken. */
export function startTools(options: ToolsOptions = {}): Promise<SimulatedServer> {
  const elapsed = options.elapsed ?? (() => performance.now());
  const started = elapsed();
  return startServer({
    ...options,
    answer: ({ path }) => {
      if (path !== '/health') return undefined;
      return json({
        status: 'healthy',
        tools: ['web_search', 'web_scrape', 'execute_command'],
        memory_usage_percent: sine(31.4, 4, 240_000, elapsed() - started),
      });
    },
  });
}
