// A real VictoriaMetrics for a test.

import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface VictoriaMetricsServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one with the samples of an OpenMetrics text and waits until they can be asked for. */
export async function startVictoriaMetrics(openMetrics: string): Promise<VictoriaMetricsServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = makeFolder('victoria-metrics');
  const child = new Child('victoria-metrics', [
    `-storageDataPath=${folder}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    // Samples may be of any time.
    '-retentionPeriod=100y',
    '-search.latencyOffset=0s',
    // With a cache it moves the steps of a long range query to round times.
    '-search.disableCache',
  ]);
  const close = async () => {
    await child.kill();
    removeFolder(folder);
  };
  try {
    await child.until(async () => (await fetch(`${url}/health`)).ok);
    await request(`${url}/api/v1/import/prometheus`, { method: 'POST', body: inMillis(openMetrics) });
    // What was just taken is not shown for some seconds otherwise.
    await request(`${url}/internal/force_flush`);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

/** It takes milliseconds, as the Prometheus text format has them. */
function inMillis(openMetrics: string): string {
  return openMetrics.replace(/ (\d+(?:\.\d+)?)$/gm, (_, seconds) => ` ${Math.round(Number(seconds) * 1000)}`);
}

async function request(url: string, init?: RequestInit): Promise<void> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}: ${await answer.text()}`);
}
