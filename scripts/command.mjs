// Runs the programs the other scripts need, and says whether one is installed.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a slash at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** A step that failed: the line to print, if the program has not said it already, and the exit code to end with. */
export class StepFailure extends Error {
  constructor(message, code = 1) {
    super(message);
    this.name = 'StepFailure';
    this.code = code;
  }
}

/** Is there an executable of that name on the PATH? */
export function isInstalled(command) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a program in the project's folder with our own output, and waits. What npm and compilers print goes to
 * standard error, which leaves standard output to the program that is started in the end.
 * @throws StepFailure with the program's exit code, or 128 + n after signal n, as a shell has it.
 */
export function run(command, args, { env = process.env, stdout = process.stdout.fd } = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', stdout, process.stderr.fd],
  });
  if (error) throw new StepFailure(`cannot run ${command}: ${error.message}`);
  if (signal) throw new StepFailure(`${command} was ended by ${signal}`, signal === 'SIGINT' ? 130 : 143);
  if (status !== 0) throw new StepFailure(`${[command, ...args].join(' ')} failed`, status ?? 1);
}

/** The program of an installed npm package, to be run with this Node. */
export function packageBin(path) {
  return join(ROOT, 'node_modules', path);
}

/** Runs a script's main function; a StepFailure ends the process with its line and its code. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    console.error(error.message);
    process.exit(error.code);
  }
}
