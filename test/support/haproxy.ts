// A real HAProxy for a test.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface HaproxyServer {
  /** One port per `bind` the configuration asked for, in that order. */
  readonly ports: readonly number[];
  /** Path of its stats socket. */
  readonly socket: string;
  close(): Promise<void>;
}

const HEAD = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
`;

/**
 * Starts one with a configuration made of `ports` free ports of 127.0.0.1, and waits until the first answers.
 * The head (stats socket, timeouts) is there already; log lines go nowhere.
 */
export async function startHaproxy(
  ports: number,
  configure: (...ports: number[]) => string,
): Promise<HaproxyServer> {
  const picked: number[] = [];
  while (picked.length < ports) picked.push(await freePort());
  const folder = makeFolder('haproxy');
  const socket = join(folder, 'stats.sock');
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, `global\n  stats socket ${socket} level user\n${HEAD}${configure(...picked)}\n`);
  const child = new Child('haproxy', ['-db', '-f', file]);
  await child.until(async () => (await fetch(`http://127.0.0.1:${picked[0]}/`)).status > 0);
  return {
    ports: picked,
    socket,
    close: async () => {
      await child.kill();
      removeFolder(folder);
    },
  };
}
