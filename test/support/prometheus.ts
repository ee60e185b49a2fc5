// A real Prometheus for a test.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface PrometheusServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What it has logged. */
  readonly log: string;
  /** The `data` of an answer of its API. @throws with its words when it refuses. */
  api<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
  /** `kill -9`; its folder stays. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts one with a configuration, given as its YAML or JSON text, and waits until it is ready. It has the samples of an
 * OpenMetrics text if there is one. @param wanted its port; a free one unless said @param flags beside those of every test
 * @param kept the folder of its data, which the caller must remove
 */
export async function startPrometheus(
  configuration: string,
  openMetrics?: string,
  wanted?: number,
  flags: readonly string[] = [],
  kept?: string,
): Promise<PrometheusServer> {
  const port = wanted ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const folder = kept ?? makeFolder('prometheus');
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, configuration);
  if (openMetrics !== undefined) backfill(folder, openMetrics);
  const child = new Child('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    // Samples may be of any time.
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
    ...flags,
  ]);
  const close = async () => {
    await child.kill();
    if (kept === undefined) removeFolder(folder);
  };
  try {
    await child.until(async () => (await fetch(`${url}/-/ready`)).ok);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    get log() {
      return child.output;
    },
    async api<T>(path: string, parameters: Readonly<Record<string, string>> = {}) {
      const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
      const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
      if (status !== 'success') throw new Error(`${path}: ${error}`);
      return data;
    },
    kill: () => child.kill(),
    close,
  };
}

/**
 * Waits until a Prometheus has made the targets of all its jobs. It fills their pools beside each other, so that some have
 * their targets while others have none yet, and a job that has none may never have any. @param jobs their number
 */
export async function waitForTargets(prometheus: PrometheusServer, jobs: number): Promise<void> {
  for (;;) {
    const page = await (await fetch(`${prometheus.url}/metrics`)).text();
    const synced = page.match(/^prometheus_target_scrape_pool_sync_total\{.*\} [1-9]/gm) ?? [];
    if (synced.length >= jobs) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function backfill(folder: string, openMetrics: string): void {
  const file = join(folder, 'samples.om');
  writeFileSync(file, openMetrics);
  execFileSync(
    'promtool',
    // Few large blocks: it reads the whole text once for each.
    [
      'tsdb',
      'create-blocks-from',
      '--max-block-duration=744h',
      'openmetrics',
      '--quiet',
      file,
      join(folder, 'data'),
    ],
    {
      stdio: 'pipe',
    },
  );
}
