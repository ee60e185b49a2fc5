// A real redis-server for a test.

import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { certificate } from './certificate.js';
import { Child, freePort, makeFolder, removeFolder } from './child.js';

export interface RedisServer {
  readonly port: number;
  /** Where it speaks TLS, with the tests' certificate. */
  readonly tlsPort: number;
  /** Path of its unix socket. */
  readonly socket: string;
  /** Sends one inline command on a connection of its own and returns the first line of the answer. */
  command(line: string): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Kills it and keeps its folder, so that its port refuses. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisConfig {
  /** Lines of redis.conf beside the usual ones. */
  readonly lines?: readonly string[];
  /** Sent by {@link RedisServer.command} before anything else. */
  readonly password?: string;
}

/** Starts one on a free port of 127.0.0.1 and waits until it answers. */
export async function startRedis({ lines = [], password }: RedisConfig = {}): Promise<RedisServer> {
  const [port, tlsPort, folder] = [await freePort(), await freePort(), makeFolder('redis')];
  const socket = join(folder, 'redis.sock');
  const file = join(folder, 'redis.conf');
  const config = [
    'bind 127.0.0.1',
    'repl-diskless-sync-delay 0',
    `tls-port ${tlsPort}`,
    `tls-cert-file ${certificate.file}`,
    `tls-key-file ${certificate.keyFile}`,
    'tls-auth-clients no',
    `port ${port}`,
    `unixsocket ${socket}`,
    `dir ${folder}`,
    'save ""',
    ...lines,
  ];
  if (password) config.push(`requirepass ${password}`);
  writeFileSync(file, `${config.join('\n')}\n`);
  const child = new Child('redis-server', [file]);
  const command = (line: string) => send(port, password ? [`AUTH ${password}`, line] : [line]);
  await child.until(async () => /^[+-]/.test(await command('PING')));
  return {
    port,
    tlsPort,
    socket,
    command,
    signal: signal => child.signal(signal),
    kill: () => child.kill(),
    close: async () => {
      await child.kill();
      removeFolder(folder);
    },
  };
}

/** Starts a Sentinel on a free port of 127.0.0.1, with these lines of sentinel.conf, and waits until it answers. */
export async function startSentinel(lines: readonly string[]): Promise<Pick<RedisServer, 'port' | 'close'>> {
  const [port, folder] = [await freePort(), makeFolder('sentinel')];
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, `${['bind 127.0.0.1', `port ${port}`, `dir ${folder}`, ...lines].join('\n')}\n`);
  const child = new Child('redis-server', [file, '--sentinel']);
  await child.until(async () => (await send(port, ['PING'])) === '+PONG');
  return {
    port,
    close: async () => {
      await child.kill();
      removeFolder(folder);
    },
  };
}

function send(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.map(line => `${line}\r\n`).join('')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`connection closed after: ${answer}`)));
    socket.on('data', chunk => {
      answer += chunk.toString('utf8');
      const got = answer.split('\r\n');
      if (got.length <= lines.length) return;
      resolve(got[lines.length - 1] as string);
      socket.destroy();
    });
  });
}
