// A TCP connection to the first of several addresses that answers. Source: RFC 8305, 5 (Connection Attempts): the next
// address is tried 250 ms after the last one or when that one failed, and none is given up before the deadline.

import { connect, type Socket } from 'node:net';
import type { Millis } from '../model/time.js';
import type { Address } from './address.js';

/** Between the beginnings of two attempts. */
const DELAY: Millis = 250;
/** Errors that say nothing of the service: this machine has no way there. */
const NO_WAY = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EINVAL',
  'EACCES',
  'EPERM',
]);

/**
 * Connects. The socket is the caller's to close.
 * @param addresses in the order they are tried; at least one
 * @throws the signal's reason, or the system's error that says most when every address failed
 */
export function connectFirst(
  addresses: readonly Address[],
  port: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const waiting = [...addresses];
    const trying = new Set<Socket>();
    const errors: Error[] = [];
    let timer: NodeJS.Timeout | undefined;
    const leave = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      for (const socket of trying) socket.destroy();
    };
    const abort = () => {
      leave();
      reject(signal?.reason as Error);
    };
    const next = () => {
      clearTimeout(timer);
      const address = waiting.shift();
      if (!address) return;
      const socket = connect({ host: address.address, port, autoSelectFamily: false });
      trying.add(socket);
      if (waiting.length > 0) timer = setTimeout(next, DELAY);
      const failed = (error: Error) => {
        trying.delete(socket);
        errors.push(error);
        if (waiting.length > 0) next();
        else if (trying.size === 0) {
          leave();
          reject(mostTelling(errors));
        }
      };
      socket.once('error', failed);
      socket.once('connect', () => {
        trying.delete(socket);
        socket.off('error', failed);
        leave();
        resolve(socket);
      });
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    next();
  });
}

function mostTelling(errors: readonly Error[]): Error {
  const code = (error: Error) => (error as NodeJS.ErrnoException).code ?? '';
  return errors.find(error => !NO_WAY.has(code(error))) ?? (errors[0] as Error);
}
