// Runs a program as a user would and says what came of it.

import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Outcome {
  /** The exit code; null after a signal. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Waits for the program; throws when it cannot be started at all. */
export function tool(command: string, args: readonly string[], options: SpawnSyncOptions = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    ...options,
    encoding: 'utf8',
  });
  if (error) throw error;
  return { status, stdout, stderr };
}
