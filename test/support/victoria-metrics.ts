// A real VictoriaMetrics for a test.

import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface VictoriaMetricsServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What it has logged. */
  readonly log: string;
  /** Shows what was just taken, which is not shown for some seconds otherwise. */
  flush(): Promise<void>;
  /** `kill -9`; its folder stays. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

interface VictoriaMetricsOptions {
  /** A free one unless given. */
  readonly port?: number;
  /** Of its data; the caller must remove it. */
  readonly folder?: string;
  /** Flags that replace those of every test. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** Flags of every test. */
const FLAGS = {
  // Samples may be of any time.
  '-retentionPeriod': '100y',
  '-search.latencyOffset': '0s',
  // With a cache it moves the steps of a long range query to round times.
  '-search.disableCache': 'true',
};

/** Starts one with the samples of an OpenMetrics text and waits until they can be asked for. */
export async function startVictoriaMetrics(
  openMetrics = '',
  options: VictoriaMetricsOptions = {},
): Promise<VictoriaMetricsServer> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const folder = options.folder ?? makeFolder('victoria-metrics');
  const flags = Object.entries({ ...FLAGS, ...options.flags }).map(([name, value]) => `${name}=${value}`);
  const child = new Child('victoria-metrics', [
    `-storageDataPath=${folder}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    ...flags,
  ]);
  const close = async () => {
    await child.kill();
    if (options.folder === undefined) removeFolder(folder);
  };
  const flush = () => request(`${url}/internal/force_flush`);
  try {
    await child.until(async () => (await fetch(`${url}/health`)).ok);
    if (openMetrics !== '')
      await request(`${url}/api/v1/import/prometheus`, { method: 'POST', body: inMillis(openMetrics) });
    await flush();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    get log() {
      return child.output;
    },
    flush,
    kill: () => child.kill(),
    close,
  };
}

/** It takes milliseconds, as the Prometheus text format has them. */
function inMillis(openMetrics: string): string {
  return openMetrics.replace(/ (\d+(?:\.\d+)?)$/gm, (_, seconds) => ` ${Math.round(Number(seconds) * 1000)}`);
}

async function request(url: string, init?: RequestInit): Promise<void> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}: ${await answer.text()}`);
}
