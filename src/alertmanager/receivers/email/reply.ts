// Replies of an SMTP server, one at a time. Source: RFC 5321, 4.2.

import type { Socket } from 'node:net';

/** Characters of one reply; a server with more to say is none. */
const MAX_REPLY = 64 * 1024;

/** What a server said. */
export interface SmtpReply {
  readonly code: number;
  /** All of its lines, the codes included. */
  readonly text: string;
}

/** A reply that ends the exchange, as the mail library's own errors have it. */
export class ReplyError extends Error {
  readonly responseCode: number | undefined;
  /** What was said to the server last. */
  readonly command: string;

  constructor(message: string, command: string, responseCode?: number) {
    super(message);
    this.name = 'ReplyError';
    this.command = command;
    this.responseCode = responseCode;
  }
}

/**
 * The next reply; the socket is paused after it.
 * @throws ReplyError for what is no reply or more than one, the system's error, or the signal's reason
 */
export async function nextReply(socket: Socket, command: string, signal: AbortSignal): Promise<SmtpReply> {
  let text = '';
  return new Promise<SmtpReply>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      try {
        const whole = parseReply(text, command);
        if (whole) end(() => resolve(whole));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const onError = (error: Error) => end(() => reject(error));
    const onClose = () =>
      onError(new ReplyError(`connection closed before its answer to ${command}`, command));
    const onAbort = () => onError(signal.reason as Error);
    const end = (settle: () => void) => {
      socket.off('data', onData).off('error', onError).off('end', onClose).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      settle();
    };
    socket.on('data', onData).once('error', onError).once('end', onClose).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else if (socket.destroyed) onClose();
    else socket.resume();
  });
}

/** Undefined while lines are missing. @throws ReplyError */
function parseReply(text: string, command: string): SmtpReply | undefined {
  const refuse = (what: string) => {
    const line = (text.split(/\r?\n/)[0] as string).slice(0, 100);
    return new ReplyError(`${what} (${line})`, command);
  };
  if (!/^\d{0,3}$|^\d{3}[ \r\n-]/.test(text)) throw refuse('not an SMTP server');
  if (text.length > MAX_REPLY) throw refuse(`its answer to ${command} is longer than 64 KiB`);
  const last = /^\d{3}(?: [^\n]*|\r?)\n/m.exec(text);
  if (!last) return undefined;
  // Anything more was not asked for; believed, it would pass for what is said under TLS. Source: RFC 3207, 5.
  if (last.index + last[0].length < text.length) throw refuse(`more than an answer to ${command}`);
  return { code: Number(text.slice(0, 3)), text: text.trim() };
}
