// A real redis-server as a child on loopback, without persistence. In: port and password. Out: a Redis with a few
// keys that can hang or go away. Started by cluster.ts and by tests; a machine without redis-server gets undefined.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, OK } from './fault.js';
import { LOOPBACK, listen } from './server.js';

/** What a Redis can do of the faults: `hang` stops the process, `refused` ends it. */
export type RedisFault = Extract<Fault, { kind: 'ok' | 'hang' | 'refused' }>;

export interface RedisOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** None by default. */
  readonly password?: string | undefined;
  /** The program to run; `redis-server` on the PATH by default. */
  readonly program?: string | undefined;
}

export interface RedisServer {
  readonly port: number;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** The process id of the child; undefined while it is refused or closed. */
  readonly pid: number | undefined;
  readonly fault: RedisFault;
  /** Changes its state; resolves when it holds. Calls take their turns. @throws Error when it does not come back. */
  setFault(fault: RedisFault): Promise<void>;
  /** Kills the child and removes its folder; a second call does nothing. */
  close(): Promise<void>;
}

/**
 * Starts it; the caller must close it. Undefined when the program is not installed.
 * @throws Error when it is installed and does not come up.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer | undefined> {
  const port = await freePort(options.port ?? 0);
  const folder = await mkdtemp(join(tmpdir(), 'langgraph-monitor-redis-'));
  const { program = 'redis-server', password } = options;
  let child: ChildProcess | undefined;
  let fault: RedisFault = OK as RedisFault;
  let closed = false;
  let turn: Promise<void> = Promise.resolve();
  // A process that ends without closing must not leave a server behind.
  const lastResort = () => child?.kill('SIGKILL');

  const start = async (): Promise<void> => {
    child = await run(program, configuration(port, password, folder));
    await ready(child, port, password);
  };
  const kill = async (): Promise<void> => {
    const dying = child;
    child = undefined;
    if (dying) await end(dying);
  };
  const change = async (next: RedisFault): Promise<void> => {
    if (closed) return;
    fault = next;
    if (next.kind === 'refused') return kill();
    if (!child) await start();
    child?.kill(next.kind === 'hang' ? 'SIGSTOP' : 'SIGCONT');
  };
  const close = async (): Promise<void> => {
    closed = true;
    process.off('exit', lastResort);
    await kill();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (error) {
    await close();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  process.once('exit', lastResort);

  return {
    port,
    address: `${LOOPBACK}:${port}`,
    get pid() {
      return child?.pid;
    },
    get fault() {
      return fault;
    },
    async setFault(next) {
      const mine = turn.then(() => change(next));
      turn = mine.catch(() => {});
      return mine;
    },
    async close() {
      const mine = turn.then(close);
      turn = mine;
      return mine;
    },
  };
}

function configuration(port: number, password: string | undefined, folder: string): string {
  const lines = [
    `bind ${LOOPBACK}`,
    `port ${port}`,
    'save ""',
    'appendonly no',
    `dir ${JSON.stringify(folder)}`,
    'loglevel warning',
    'maxmemory 64mb',
  ];
  if (password !== undefined) lines.push(`requirepass ${JSON.stringify(password)}`);
  return lines.map(line => `${line}\n`).join('');
}

/** Runs the program with its configuration on standard input, where no process list shows the password. */
async function run(program: string, config: string): Promise<ChildProcess> {
  const child = spawn(program, ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  // A program that ends early closes its input; that it ended is noticed elsewhere.
  child.stdin.on('error', () => {});
  await once(child, 'spawn');
  child.stdin.end(config);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  // There is nothing to save, and a stopped process would not handle another signal.
  child.kill('SIGKILL');
  await gone;
}

async function ready(child: ChildProcess, port: number, password: string | undefined): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `redis-server ended at once with ${child.exitCode ?? child.signalCode}; is port ${port} in use?`,
      );
    }
    if (await fill(port, password)) return;
    await sleep(25);
  }
  throw new Error(`redis-server does not answer on ${LOOPBACK}:${port}`);
}

/** Puts some keys in, so that there is something to see; false while the server does not answer. */
async function fill(port: number, password: string | undefined): Promise<boolean> {
  const commands = [
    ...(password === undefined ? [] : [['AUTH', password]]),
    ['SET', 'langgraph:config', 'demo'],
    ...[1, 2, 3, 4].map(i => ['SET', `langgraph:session:${i}`, 'x'.repeat(200), 'EX', '3600']),
    ['QUIT'],
  ];
  const socket = createConnection(port, LOOPBACK);
  try {
    await once(socket, 'connect');
    socket.write(commands.map(encode).join(''));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer === '+OK\r\n'.repeat(commands.length);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/**
 * The port, or a free one for 0, which redis-server takes for "no port". It is checked here that the port is free: the
 * keys must never end up in another Redis.
 */
async function freePort(port: number): Promise<number> {
  const server = createServer();
  const free = await listen(server, port);
  server.close();
  await once(server, 'close');
  return free;
}
