// The built program as a child process: started on a free port of 127.0.0.1 with a configuration of the test's own,
// asked over HTTP, read through its log, ended by its process id.

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeFolder, removeFolder } from './child.js';

/** The compiled program's folder: the tree's `dist/`, unless `MONITOR_DIST` names another. */
export const DIST: URL = process.env.MONITOR_DIST
  ? pathToFileURL(join(process.env.MONITOR_DIST, '/'))
  : new URL('../../dist/', import.meta.url);

/** Starting takes less than a second; a machine that is busy with other tests takes longer. */
const START_PATIENCE = 60_000;

/** A line of the log as its `key=value` pairs. */
export type LogLine = Readonly<Record<string, string>>;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface MonitorOptions {
  /** Where the configuration and the store are; a new folder, removed in the end, unless given. */
  readonly folder?: string | undefined;
  /** Flags beside the address, the configuration and the store, which they may replace. */
  readonly flags?: readonly string[];
  /** Variables of its environment beside those of the test. */
  readonly env?: NodeJS.ProcessEnv;
  /** The compiled program's folder, in place of {@link DIST}. */
  readonly dist?: URL | undefined;
  /** Number of the user it runs as, which only root may choose; the folder must be open to that user. */
  readonly user?: number;
}

/** A program that runs, or did. */
class Program {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #ended: Exit | undefined;

  constructor(args: readonly string[], { env = {}, user, dist = DIST }: MonitorOptions = {}) {
    this.#child = spawn(process.execPath, [fileURLToPath(new URL('main.js', dist)), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(user === undefined ? {} : { uid: user, gid: user }),
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString('utf8');
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('utf8');
    });
    this.exited = new Promise(resolve => {
      // Unlike `exit`, `close` comes after the last output.
      this.#child.once('close', (code, signal) => {
        this.#ended = { code, signal };
        resolve(this.#ended);
      });
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Undefined while it runs. */
  get ended(): Exit | undefined {
    return this.#ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** A running monitor. The caller must dispose of it, which kills the process if it still runs. */
export class RunningMonitor implements AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly folder: string;
  readonly #program: Program;
  readonly #ownFolder: boolean;

  /** @internal Use {@link startMonitor}. */
  constructor(program: Program, url: string, folder: string, ownFolder: boolean) {
    this.#program = program;
    this.url = url;
    this.folder = folder;
    this.#ownFolder = ownFolder;
  }

  get pid(): number {
    return this.#program.pid;
  }

  get isRunning(): boolean {
    return this.#program.ended === undefined;
  }

  /** Where {@link startMonitor} put the configuration. */
  get configFile(): string {
    return join(this.folder, 'monitor.yml');
  }

  /** All it has printed. */
  get output(): string {
    return this.#program.stdout + this.#program.stderr;
  }

  /** The log so far. */
  get log(): LogLine[] {
    return parseLog(this.#program.stderr);
  }

  /** The log's lines with this message. */
  logged(message: string): LogLine[] {
    return this.log.filter(line => line.msg === message);
  }

  /** Asks for a path of its own. */
  async get(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(60_000), ...init });
    // What it logged before it answered has been read then, too.
    await turn();
    return response;
  }

  /** GET of a path as JSON, whatever the status code. */
  async json<T>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T;
  }

  /** One series' value on /metrics, named as printed there; undefined when it is absent. */
  async metric(series: string): Promise<number | undefined> {
    const lines = (await (await this.get('/metrics')).text()).split('\n');
    const line = lines.find(each => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  /** Asks it to stop, and waits until it has. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.#program.signal(signal);
    return this.#program.exited;
  }

  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<Exit> {
    return this.stop('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#program.ended) await this.kill();
    if (this.#ownFolder) removeFolder(this.folder);
  }
}

/** Writes a configuration to a folder's monitor.yml. JSON is YAML too. */
export function writeConfiguration(folder: string, configuration: object): string {
  const file = join(folder, 'monitor.yml');
  writeFileSync(file, JSON.stringify(configuration, undefined, 2));
  return file;
}

/**
 * Starts the program and waits until it listens.
 * @throws with what it printed when it ends before.
 */
export async function startMonitor(
  configuration: object,
  { folder, flags = [], ...rest }: MonitorOptions = {},
): Promise<RunningMonitor> {
  const place = folder ?? makeFolder('monitor');
  const program = new Program(
    [
      `--config.file=${writeConfiguration(place, configuration)}`,
      '--web.listen-address=127.0.0.1:0',
      `--storage.path=${join(place, 'data')}`,
      ...flags,
    ],
    rest,
  );
  try {
    return new RunningMonitor(program, await listening(program), place, folder === undefined);
  } catch (error) {
    program.signal('SIGKILL');
    if (folder === undefined) removeFolder(place);
    throw error;
  }
}

/** Starts the program without waiting for anything: for ends that come early. The caller waits for its end. */
export function launch(args: readonly string[]): Pick<Program, 'pid' | 'stderr' | 'exited' | 'signal'> {
  return new Program(args);
}

/** Runs the program to its end; one that has not ended after a minute is killed. */
export async function runToEnd(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new Program(args);
  const watchdog = setTimeout(() => program.signal('SIGKILL'), START_PATIENCE);
  const { code } = await program.exited;
  clearTimeout(watchdog);
  return { code, stdout: program.stdout, stderr: program.stderr };
}

async function listening(program: Program): Promise<string> {
  const end = performance.now() + START_PATIENCE;
  for (;;) {
    const url = parseLog(program.stderr).find(line => line.msg === 'Listening')?.url;
    if (url !== undefined) return url;
    if (program.ended) throw new Error(`ended early: ${program.stderr}`);
    if (performance.now() > end) throw new Error(`does not listen: ${program.stderr}`);
    await delay(10);
  }
}

/** Only whole lines; the last one may be on its way still. */
function parseLog(text: string): LogLine[] {
  return text.split('\n').slice(0, -1).map(parseLine);
}

function parseLine(line: string): LogLine {
  const pairs = [...line.matchAll(/([^\s=]+)=("(?:[^"\\]|\\.)*"|\S*)/g)];
  return Object.fromEntries(
    pairs.map(([, key = '', value = '']) => [key, value.startsWith('"') ? JSON.parse(value) : value]),
  );
}
