// The Redis with the lease. Comes in: scripts; goes out: their replies, or one line about why there is none. One connection, made
// again when it was lost; one command at a time.

import { formatDuration } from '../model/duration.js';
import { oneLine } from '../model/scrub.js';
import type { Millis } from '../model/time.js';
import { RedisConnection, type RedisTarget } from '../probes/kinds/redis/connection.js';
import { loadRedisLibrary } from '../probes/kinds/redis/library.js';
import { ProbeFailure } from '../probes/probe.js';

/** Longest wait for a connection and an answer together. */
const TIMEOUT: Millis = 2000;
/** A group of a million alerts has an entry of some 20 MiB. */
const MAX_REPLY = 64 * 1024 * 1024;

/** Why there is no reply; one line, without secrets. */
export class LeaseRedisError extends Error {
  /** Redis answers, and refuses. */
  readonly isRefused: boolean;

  constructor(message: string, isRefused: boolean) {
    super(message);
    this.name = 'LeaseRedisError';
    this.isRefused = isRefused;
  }
}

/** The caller must close it. */
export class LeaseRedis {
  readonly #target: RedisTarget;
  #connection: RedisConnection | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(target: RedisTarget) {
    this.#target = { ...target };
  }

  /** Where it is, `HOST:PORT` or the path of a socket. */
  get address(): string {
    const { host } = this.#target;
    return 'path' in host ? `unix:${host.path}` : `${host.host}:${host.port}`;
  }

  /** Runs a script. @throws LeaseRedisError with what to do */
  eval(script: string, keys: readonly string[], values: readonly string[]): Promise<string> {
    const run = this.#last.then(() => this.#eval([script, String(keys.length), ...keys, ...values]));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Resolves when the command under way has been answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    this.#drop();
  }

  async #eval(words: readonly string[]): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(new Error(`no answer within ${formatDuration(TIMEOUT)}`));
      }, TIMEOUT);
    });
    try {
      return await Promise.race([this.#ask(words), late]);
    } catch (error) {
      const isRefused = this.#connection?.alive === true && !isLate;
      this.#drop();
      throw new LeaseRedisError(`ha.lease.redis ${this.address}: ${explain(error as Error)}`, isRefused);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(words: readonly string[]): Promise<string> {
    if (this.#connection && !this.#connection.alive) this.#drop();
    if (!this.#connection) {
      const connection = new RedisConnection(this.#target, loadRedisLibrary(), undefined, MAX_REPLY);
      this.#connection = connection;
      await connection.open();
      await connection.greet();
    }
    return await this.#connection.command('EVAL', ...words);
  }

  #drop(): void {
    this.#connection?.close();
    this.#connection = undefined;
    if (this.#isClosed) this.#last = Promise.resolve();
  }
}

/** What a reply of Redis means here. */
function explain(error: Error): string {
  const { message } = error;
  if (/\bREADONLY\b/.test(message))
    return `is a read-only replica, which cannot keep a lease; name its master (${message})`;
  if (/^(MOVED|CROSSSLOT|CLUSTERDOWN)\b/.test(message))
    return `is a node of a Redis Cluster, which is not supported; name a Redis of its own (${message})`;
  if (/\bMISCONF\b/.test(message))
    return `cannot write to its own disk, and takes nothing until it can; look at its log (${oneLine(message)})`;
  if (/\bOOM\b/.test(message)) return `is full, and takes nothing; raise its maxmemory (${oneLine(message)})`;
  if (/\bNOPERM\b/.test(message))
    return `its user may not run EVAL on the keys of ha.lease.key; allow it (${message})`;
  if (error instanceof ProbeFailure && error.reason === 'auth')
    return `does not let this monitor in; set username and password there (${message})`;
  return message;
}
