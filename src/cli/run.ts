// The program from its first line of input to its exit code.

import { existsSync } from 'node:fs';
import type { Monitor } from '../app/monitor.js';
import { optimizeByRequests } from '../concurrency/optimizing.js';
import { shortenPipeTimeout } from '../config/bounded-file.js';
import { ConfigError } from '../config/config-error.js';
import { didYouMean } from '../config/did-you-mean.js';
import type { PreparedQueryThread } from '../query/query-thread.js';
import { commandLines, findCommand, usageOf, wantsHelp } from './command.js';
import { commands } from './commands.js';
import { type Flags, helpText, parseFlags, UsageError } from './flags.js';
import { LogOutput } from './log-output.js';
import { nativeModuleProblem } from './native-modules.js';
import type { Output } from './output.js';
import { programName } from './program-name.js';
import { version } from './version.js';

const DEFAULT_CONFIG = 'monitor.yml';
/** In milliseconds. */
const SAME_WISH = 1000;
/** How long the log's last lines may take to be read, in milliseconds. */
const LAST_WORDS = 1000;

/** Runs the program; resolves with its exit code, which for a monitor is when it has been stopped by a signal. */
export async function run(argv: readonly string[], output: Output): Promise<number> {
  try {
    const found = findCommand(argv, commands);
    if (found) {
      if (wantsHelp(found.args)) return print(output, usageOf(found.command));
      checkDirectory();
      return await found.command.run(found.args, output);
    }
    const flags = parseFlags(argv);
    const [word, ...further] = flags.words;
    // As promtool and amtool have it: `help`, or `help COMMAND`.
    const about = word === 'help' ? findCommand(further, commands)?.command : undefined;
    if (about) return print(output, usageOf(about));
    if (flags.help || word === 'help') return print(output, helpText(commandLines(commands)).trimEnd());
    if (flags.version)
      return print(output, `langgraph-monitor, version ${version()} (node ${process.version})`);
    if (word !== undefined) {
      const names = commands.map(({ name }) => name);
      throw new UsageError(
        `unknown command "${word}"${didYouMean(word, names)}; there are ${names.join(', ')}`,
      );
    }
    checkDirectory();
    if (flags.configCheck) return await checkAll(flags, output);
    return await monitor(flags, output);
  } catch (error) {
    return complain(error, output);
  }
}

function print(output: Output, text: string): number {
  output.out(text);
  return 0;
}

function complain(error: unknown, output: Output): number {
  if (error instanceof UsageError) {
    output.err(`langgraph-monitor: ${error.message}`);
    return 2;
  }
  if (error instanceof ConfigError) {
    for (const mistake of error.mistakes) output.err(mistake);
    return 1;
  }
  const problem = directoryProblem(error) ?? nativeModuleProblem(error);
  if (problem === undefined) throw error;
  output.err(`langgraph-monitor: ${problem}`);
  return 1;
}

/** Modules that are loaded later look it up; an error there ends the process with a stack. @throws the system's error */
function checkDirectory(): void {
  process.cwd();
}

function directoryProblem(error: unknown): string | undefined {
  if ((error as NodeJS.ErrnoException).syscall !== 'uv_cwd') return undefined;
  return 'the working directory does not exist any more; change to one that does and start again';
}

async function checkAll(flags: Flags, output: Output): Promise<number> {
  const { checkConfig } = await import('./check-config.js');
  const code = await checkConfig([flags.configFile], output);
  if (!flags.webConfigFile) return code;
  const { loadWebConfig } = await import('../http/web-config.js');
  loadWebConfig(flags.webConfigFile);
  output.out(`${flags.webConfigFile}: valid`);
  return code;
}

async function monitor(flags: Flags, output: Output): Promise<number> {
  if (flags.configFile === DEFAULT_CONFIG && !existsSync(DEFAULT_CONFIG)) {
    output.err(
      `${DEFAULT_CONFIG}: no such file; write a first one with "${programName()} init", watch a simulated cluster with "${programName()} demo", or name a file with --config.file`,
    );
    return 1;
  }
  (await import('../store/native.js')).loadNative();
  // Loads its code while this thread loads its own.
  const queryThread = (await import('../query/query-thread.js')).prepareQueryThread();
  try {
    return await runMonitor(flags, output, queryThread);
  } finally {
    await queryThread.discard();
  }
}

async function runMonitor(flags: Flags, output: Output, queryThread: PreparedQueryThread): Promise<number> {
  // Only a monitor needs the rooms; the other commands answer at once.
  const [{ startMonitor }, { createLog }] = await Promise.all([
    import('../app/monitor.js'),
    import('../app/log.js'),
  ]);
  optimizeByRequests();
  const logOutput = new LogOutput();
  const log = createLog(flags.logLevel, flags.logFormat, logOutput);
  logOutput.onRecovered = lines => log.warn({ lines }, 'Log lines were lost');
  // Handled from now on: a signal during the start must not kill the process.
  const signalled = stopSignal();
  let monitor: Monitor | undefined;
  let isReloadWanted = false;
  process.on('SIGHUP', () => {
    if (monitor) void monitor.reload('SIGHUP').catch(() => {});
    else isReloadWanted = true;
  });
  log.info(
    { version: version(), node: process.version, config: flags.configFile },
    'Starting langgraph-monitor',
  );
  try {
    monitor = await startMonitor({ ...flags, version: version(), log, queryThread });
    // Another Prometheus may answer the queries.
    void queryThread.discard();
    shortenPipeTimeout();
    // A file that was changed while the first one was being read.
    if (isReloadWanted) void monitor.reload('SIGHUP').catch(() => {});
    const signal = await signalled;
    log.info({ signal }, 'Stopping');
    await monitor.close();
    endSoon();
    return 0;
  } catch (error) {
    const { StorageRefused } = await import('../app/storage-folder.js');
    const isRefused = error instanceof StorageRefused;
    const problem = isRefused ? error.message : listenProblem(error as NodeJS.ErrnoException);
    if (!problem) throw error;
    output.err(`langgraph-monitor: ${problem}`);
    return 1;
  }
}

/** A log that is not read keeps the process, which has nothing else to do, no longer than this. */
function endSoon(): void {
  setTimeout(() => process.exit(), LAST_WORDS).unref();
}

/**
 * The first signal ends the monitor properly, a later one at once. Right after the first one another is the same
 * wish: a terminal sends it to npm and to us, and npm passes it on.
 */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let first = Number.POSITIVE_INFINITY;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (performance.now() - first > SAME_WISH) process.exit(130);
        first = Math.min(first, performance.now());
        resolve(signal);
      });
    }
  });
}

function listenProblem({ code, syscall, message }: NodeJS.ErrnoException): string | undefined {
  if (syscall !== 'listen' && syscall !== 'bind' && syscall !== 'getaddrinfo') return undefined;
  if (code === 'EADDRINUSE')
    return `--web.listen-address: the port is taken (${message}); stop what uses it or choose another`;
  if (code === 'EACCES')
    return `--web.listen-address: not allowed to listen there (${message}); ports below 1024 need root`;
  return `--web.listen-address: ${message}`;
}
