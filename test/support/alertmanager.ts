// A real Alertmanager for a test.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface AlertmanagerServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What it has logged. */
  readonly log: string;
  /** Sends alerts to it. @throws with its words when it refuses. */
  post(alerts: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts one with a configuration, given as its YAML or JSON text, and waits until it is ready. */
export async function startAlertmanager(configuration: string): Promise<AlertmanagerServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = makeFolder('alertmanager');
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, configuration);
  const child = new Child('prometheus-alertmanager', [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    // Alone.
    '--cluster.listen-address=',
  ]);
  const close = async () => {
    await child.kill();
    removeFolder(folder);
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
    async post(alerts) {
      const body = JSON.stringify(alerts);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(await answer.text());
    },
    close,
  };
}
