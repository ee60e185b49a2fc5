// A simulated embeddings server. Started by cluster.ts.

import { type HealthyOptions, startHealthy } from './healthy.js';
import type { SimulatedServer } from './server.js';
import { sine } from './sine.js';

/** Starts it on loopback; the caller must close it. @throws Error when the port is taken. */
export function startEmbeddings(options: HealthyOptions = {}): Promise<SimulatedServer> {
  return startHealthy(options, up => ({
    status: 'healthy',
    model: 'all-MiniLM-L6-v2',
    embedding_dimension: 384,
    memory_usage_percent: sine(45.2, 6, 180_000, up),
    cpu_percent: sine(22.5, 14, 50_000, up),
    uptime_seconds: Math.floor(up / 1000),
  }));
}
