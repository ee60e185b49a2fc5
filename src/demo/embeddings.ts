// A simulated embeddings server whose health body carries numbers that move. Started by cluster.ts.

import type { Millis } from '../model/time.js';
import { json } from './fault.js';
import { type SimulatedServer, startServer } from './server.js';
import { sine } from './sine.js';

interface EmbeddingsOptions {
  readonly port?: number | undefined;
  readonly latency?: (() => Millis) | undefined;
  /** Monotonic milliseconds; the process' own by default. */
  readonly elapsed?: (() => Millis) | undefined;
}

/** Starts it on loopback; who starts it closes it. @throws Error when the port is taken. */
export function startEmbeddings(options: EmbeddingsOptions = {}): Promise<SimulatedServer> {
  const elapsed = options.elapsed ?? (() => performance.now());
  const started = elapsed();
  return startServer({
    ...options,
    answer: ({ path }) => {
      if (path !== '/health') return undefined;
      const up = elapsed() - started;
      return json({
        status: 'healthy',
        model: 'all-MiniLM-L6-v2',
        embedding_dimension: 384,
        memory_usage_percent: sine(45.2, 6, 180_000, up),
        cpu_percent: sine(22.5, 14, 50_000, up),
        uptime_seconds: Math.floor(up / 1000),
      });
    },
  });
}
