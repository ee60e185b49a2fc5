// A simulated tools server (web search, scraping, commands). Started by cluster.ts.

import { type HealthyOptions, startHealthy } from './healthy.js';
import type { SimulatedServer } from './server.js';
import { sine } from './sine.js';

/** Starts it on loopback; the caller must close it. @throws Error when the port is taken. */
export function startTools(options: HealthyOptions = {}): Promise<SimulatedServer> {
  return startHealthy(options, up => ({
    status: 'healthy',
    tools: ['web_search', 'web_scrape', 'execute_command'],
    memory_usage_percent: sine(31.4, 4, 240_000, up),
  }));
}
