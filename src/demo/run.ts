// The demo: a simulated cluster, the real monitor watching it, and incidents. In: the monitor's program and flags,
// somewhere to print, a signal to stop. Out: an exit code.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis } from '../model/time.js';
import { type Cluster, SERVICE_IDS, startCluster } from './cluster.js';
import { monitorConfiguration, toYaml } from './configuration.js';
import { flagValue, isNews, listeningUrl, mergeFlags, parseListenAddress } from './flags.js';
import { writeRules } from './rules.js';
import { Scenario, type ScenarioEvent } from './scenario.js';

interface DemoOptions {
  /** The monitor's compiled main file. */
  readonly program: string;
  /** Flags for the monitor; they win over the demo's own. */
  readonly flags: readonly string[];
  /** Takes one line, without its end. */
  readonly print: (line: string) => void;
  /** Ends the demo with 0. */
  readonly signal: AbortSignal;
}

const DEFAULT_ADDRESS = '127.0.0.1:8083';
const TICK: Millis = 200;
/** A monitor that does not say where it listens (its log may be turned down) is taken at its flags after this. */
const TIMEOUT: Millis = 10_000;
/** A monitor that does not end on SIGTERM is killed after this. */
const GRACE: Millis = 10_000;

/**
 * Runs until the signal or the monitor's end and leaves nothing behind: no process, no port, no folder.
 * Resolves with the exit code: 0 after the signal, the monitor's own when it died, 1 when the demo could not start.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await play(options, closers);
  } catch (error) {
    options.print(`demo: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function play(options: DemoOptions, closers: (() => Promise<unknown>)[]): Promise<number> {
  const { program, flags, print, signal } = options;
  await access(program).catch(() => {
    throw new Error(`${program} is missing; build it first: npm run build`);
  });
  const address = flagValue(flags, 'web.listen-address') ?? DEFAULT_ADDRESS;
  await checkFree(address);

  const folder = await mkdtemp(join(tmpdir(), 'langgraph-monitor-demo-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const cluster = await startCluster({ lifelike: true });
  closers.push(() => cluster.close());
  const config = join(folder, 'monitor.yml');
  await writeFile(config, toYaml(monitorConfiguration(cluster)));
  await writeRules(folder);
  printCluster(cluster, config, print);
  if (signal.aborted) return 0;

  const defaults = {
    'config.file': config,
    'web.listen-address': DEFAULT_ADDRESS,
    'storage.path': join(folder, 'data'),
  };
  const child = spawn(process.execPath, [program, ...mergeFlags(defaults, flags)], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  closers.push(() => end(child));
  const over = Promise.race([ended(child), aborted(signal)]);
  const url = await Promise.race([whereItListens(child, options, address), over.then(() => undefined)]);
  if (url !== undefined) {
    printMonitor(url, print);
    await direct(new Scenario(cluster), url, print, over);
  }
  const code = await over;
  // Ctrl-C in a terminal reaches the monitor too, and it may be the first to end.
  if (code === 'aborted' || signal.aborted) return 0;
  print(`demo: the monitor ended by itself with code ${code}, and so does the demo`);
  return code;
}

/** @throws Error when the port is in use. */
async function checkFree(address: string): Promise<void> {
  const where = parseListenAddress(address);
  if (!where || where.port === 0) return;
  const server = createServer().listen(where);
  try {
    await once(server, 'listening');
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new Error(
      `cannot listen on ${address}: ${taken ? 'it is in use' : (error as Error).message}; ` +
        'choose another with --web.listen-address=127.0.0.1:8090',
    );
  }
  server.close();
  await once(server, 'close');
}

function printCluster(cluster: Cluster, config: string, print: DemoOptions['print']): void {
  print(`A simulated cluster runs on loopback; the monitor's configuration is ${config}`);
  for (const id of SERVICE_IDS) {
    const service = cluster[id];
    if (service) print(`  ${id.padEnd(14)} ${'url' in service ? service.url : `redis://${service.address}`}`);
  }
  if (!cluster.redis) print('  redis          left out: redis-server is not installed');
}

function printMonitor(url: string, print: DemoOptions['print']): void {
  print(`The monitor runs on ${url}. Look at`);
  print(`  ${url}/                 the status page`);
  print(`  ${url}/cluster_health   what a workflow asks before it starts`);
  print(`  ${url}/alerts           what is wrong now`);
  print(`  ${url}/history          what was`);
  print(`  ${url}/metrics          what Prometheus reads`);
  print('Incidents come and go, each with a line here. Ctrl-C ends everything.');
}

/** Plays incidents until it is over. */
async function direct(
  scenario: Scenario,
  url: string,
  print: DemoOptions['print'],
  over: Promise<unknown>,
): Promise<void> {
  let playing = true;
  void over.then(() => {
    playing = false;
  });
  const start = performance.now();
  while (playing) {
    const elapsed = performance.now() - start;
    for (const event of await scenario.advance(elapsed)) print(cueLine(elapsed, event, url));
    await Promise.race([sleep(TICK), over]);
  }
}

/** `00:15 tools: answers 503 (watch http://127.0.0.1:8083/alerts)`. */
export function cueLine(elapsed: Millis, { incident, what }: ScenarioEvent, url: string): string {
  const seconds = Math.floor(elapsed / 1000);
  const time = [Math.floor(seconds / 60), seconds % 60].map(n => String(n).padStart(2, '0')).join(':');
  if (what === 'ends') return `${time} ${incident.service}: is well again`;
  return `${time} ${incident.service}: ${incident.says} (watch ${url}${incident.watch})`;
}

/** Passes the monitor's log on, news left out unless the user set a log flag, and resolves with the URL it tells. */
function whereItListens(
  child: ChildProcess,
  { flags, print }: DemoOptions,
  address: string,
): Promise<string> {
  const all = flags.some(flag => flag.startsWith('--log.'));
  return new Promise(resolve => {
    const otherwise = setTimeout(
      () => resolve(`http://${address.startsWith(':') ? `127.0.0.1${address}` : address}`),
      TIMEOUT,
    );
    child.once('exit', () => clearTimeout(otherwise));
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', line => {
      const url = listeningUrl(line);
      if (url !== undefined) {
        clearTimeout(otherwise);
        resolve(url);
      }
      if (all || !isNews(line)) print(line);
    });
  });
}

/** The exit code once the child and its output have ended; 1 for one that a signal ended. */
async function ended(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'close');
  return typeof code === 'number' ? code : 1;
}

async function aborted(signal: AbortSignal): Promise<'aborted'> {
  if (!signal.aborted) await once(signal, 'abort');
  return 'aborted';
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const impatience = setTimeout(() => child.kill('SIGKILL'), GRACE);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(impatience);
}
