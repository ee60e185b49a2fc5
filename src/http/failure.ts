// Which failed requests the program's log has: those whose cause is the monitor itself.

import { HttpError } from './http-error.js';
import { statusOf } from './problem.js';

/** Writes a line to the program's log. */
export type HttpLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

/** Logs a request that is answered with 500, unless that was logged where it happened. */
export function logFailure(log: HttpLog, path: string, error: unknown): void {
  if (statusOf(error) !== 500 || (error instanceof HttpError && error.isLogged)) return;
  log('error', 'Request failed', { path, err: (error as Error).message });
}
