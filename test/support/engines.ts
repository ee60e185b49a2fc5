// All who answer PromQL, each over the samples of an OpenMetrics text: the embedded engine, a real Prometheus and a real
// VictoriaMetrics.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedEngine } from '../../src/query/embedded.js';
import type { QueryEngine } from '../../src/query/engine.js';
import { RemoteEngine } from '../../src/query/remote/engine.js';
import { importOpenMetrics } from '../../src/tsdb/import/import.js';
import { makeFolder, removeFolder } from './child.js';
import { DIST } from './monitor.js';
import { startPrometheus } from './prometheus.js';
import { startVictoriaMetrics } from './victoria-metrics.js';

export type EngineName = 'embedded' | 'Prometheus' | 'VictoriaMetrics';

export interface RunningEngine {
  readonly engine: QueryEngine;
  close(): Promise<void>;
}

/** By name: starts one that has the samples. */
export const ENGINES: readonly (readonly [EngineName, (openMetrics: string) => Promise<RunningEngine>])[] = [
  ['embedded', embedded],
  ['Prometheus', async openMetrics => remote(await startPrometheus('{}', openMetrics))],
  ['VictoriaMetrics', async openMetrics => remote(await startVictoriaMetrics(openMetrics))],
];

async function embedded(openMetrics: string): Promise<RunningEngine> {
  const folder = makeFolder('embedded');
  const text = join(folder, 'samples.om');
  const file = join(folder, 'samples.db');
  writeFileSync(text, openMetrics);
  await importOpenMetrics(text, file);
  const engine = new EmbeddedEngine({
    file,
    retention: 100 * 365 * 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 20_000_000, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
    metadata: () => [],
    log: () => {},
    threadFile: new URL('query/thread/thread.js', DIST),
  });
  const close = async () => {
    await engine.close();
    removeFolder(folder);
  };
  return { engine, close };
}

async function remote(server: { url: string; close(): Promise<void> }): Promise<RunningEngine> {
  const engine = new RemoteEngine({ url: server.url, timeout: 30_000, follow_redirects: true });
  const close = async () => {
    await engine.close();
    await server.close();
  };
  return { engine, close };
}
