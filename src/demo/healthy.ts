// A simulated server that answers /health with JSON, some of whose numbers move. Started by cluster.ts.

import type { Millis } from '../model/time.js';
import { json } from './fault.js';
import { type SimulatedServer, startServer } from './server.js';

export interface HealthyOptions {
  readonly port?: number | undefined;
  readonly latency?: (() => Millis) | undefined;
  /** Monotonic milliseconds; the process' own by default. */
  readonly elapsed?: (() => Millis) | undefined;
}

/**
 * Starts it on loopback; the caller must close it.
 * @param bodyAt the body of /health, by the milliseconds since the start @throws Error when the port is taken
 */
export function startHealthy(
  options: HealthyOptions,
  bodyAt: (up: Millis) => Readonly<Record<string, unknown>>,
): Promise<SimulatedServer> {
  const elapsed = options.elapsed ?? (() => performance.now());
  const started = elapsed();
  return startServer({
    ...options,
    answer: ({ path }) => (path === '/health' ? json(bodyAt(elapsed() - started)) : undefined),
  });
}
