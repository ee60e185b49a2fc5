// A fixed command about an alert. No shell, a clean environment, the alert as JSON on its standard input.

import { spawn } from 'node:child_process';
import { formatDuration } from '../../model/duration.js';
import { hideCredentials } from '../../model/hide-credentials.js';
import { oneLine } from '../../model/scrub.js';
import { MAX_WAIT, type Millis } from '../../model/time.js';
import { type ActionCause, causeJson } from './definition.js';

/** What a command may find in its environment; secrets of the monitor's own are not among it. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
];
/** Characters of its last output that are kept. */
const MAX_WORDS = 200;
/** Of these only so many are read. */
const MAX_LINE_LENGTH = 4000;
const MAX_OUTPUT = 64 * 1024;

/** Runs it and ends it with everything it started when its time is over. Resolves with nothing, or with why it failed. */
export function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  cause: ActionCause,
  timeout: Millis,
): Promise<string | undefined> {
  return new Promise(resolve => {
    const child = spawn(program, args, {
      shell: false,
      // A group of its own, to be ended as one.
      detached: true,
      env: environment(cause),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let isLate = false;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT);
      });
    const end = (signal: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    };
    const deadline = setTimeout(
      () => {
        isLate = true;
        end('SIGKILL');
      },
      Math.min(timeout, MAX_WAIT),
    );
    const done = (problem: string | undefined) => {
      clearTimeout(deadline);
      resolve(problem);
    };
    child.on('error', error => done(`cannot run ${program}: ${reasonOf(error)}`));
    child.on('close', (code, signal) => {
      if (isLate) done(`ended after ${formatDuration(timeout)} (timeout)`);
      else if (code === 0) done(undefined);
      else done(`${code === null ? `ended by ${signal}` : `exit code ${code}`}${lastWords(output)}`);
    });
    // A command that does not read is no mistake.
    child.stdin.on('error', () => {});
    child.stdin.end(causeJson(cause));
  });
}

function environment({ action, alert }: ActionCause): Record<string, string> {
  const own = Object.fromEntries(
    PASSED_ON.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const { labels, annotations } = alert;
  return {
    ...own,
    ACTION: action,
    ALERTNAME: labels.get('alertname'),
    SEVERITY: labels.get('severity'),
    TARGET: labels.get('target'),
    DESCRIPTION: annotations.description ?? '',
  };
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such program';
  return code === 'EACCES' ? 'permission denied' : error.message;
}

function lastWords(output: string): string {
  const line = output.trimEnd().split('\n').at(-1)?.trim() ?? '';
  // A program may repeat its arguments, and some pass a token there.
  return line === '' ? '' : `: ${oneLine(hideCredentials(line.slice(0, MAX_LINE_LENGTH)), MAX_WORDS)}`;
}
