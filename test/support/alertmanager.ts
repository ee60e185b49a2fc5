// A real Alertmanager for a test.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface AlertmanagerServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Its log. */
  readonly log: string;
  readonly pid: number;
  /** GET of a path below /api/v2 as JSON. @throws its error when it refuses */
  get<T>(path: string): Promise<T>;
  /** POST below /api/v2. @throws its error when it refuses */
  post<T>(path: string, body: unknown): Promise<T>;
  /** Loads another configuration. @throws its error when it refuses */
  reload(configuration: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts one with the text of an alertmanager.yml and waits until it is ready.
 * @param cluster flags that make it a member of a cluster, of which it is none by default
 */
export async function startAlertmanager(
  configuration: string,
  port?: number,
  cluster: readonly string[] = ['--cluster.listen-address='],
): Promise<AlertmanagerServer> {
  const at = port ?? (await freePort());
  const url = `http://127.0.0.1:${at}`;
  const folder = makeFolder('alertmanager');
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, configuration);
  const child = new Child('prometheus-alertmanager', [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${at}`,
    ...cluster,
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
  const read = async <T>(path: string, answer: Response): Promise<T> => {
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  return {
    url,
    pid: child.pid,
    get log() {
      return child.output;
    },
    get: async path => read(path, await fetch(`${url}/api/v2/${path}`)),
    post: async (path, body) =>
      read(
        path,
        await fetch(`${url}/api/v2/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    async reload(text) {
      writeFileSync(file, text);
      await read('/-/reload', await fetch(`${url}/-/reload`, { method: 'POST' }));
    },
    close,
  };
}

/** How much longer a group waits than an Alertmanager of a cluster waits for the one before it (`--cluster.peer-timeout`, 15 s). */
export const CLUSTER_GROUP_INTERVAL = '20s';

/**
 * How often an Alertmanager has begun to deliver an alert in this state. It begins again only after it is done with the time before,
 * so after two of them it, too, has taken note of what the others of its cluster have sent.
 * @param log with `--log.level=debug` @param target the label of that name, by which alerts are grouped
 */
export function flushes(
  log: string,
  { alertname, target }: { alertname: string; target: string },
  state: 'active' | 'resolved',
): number {
  const isOne = (line: string) =>
    line.includes('msg=flushing') &&
    line.includes(`target=\\"${target}\\"`) &&
    new RegExp(`\\b${alertname}\\[\\w+\\]\\[${state}\\]`).test(line);
  return log.split('\n').filter(isOne).length;
}
