// The exchange before STARTTLS. It is held here and not by the mail library, which does not show what certificates its
// connections were given. Source: RFC 3207, 4.

import type { Socket } from 'node:net';
import { nextReply, ReplyError, type SmtpReply } from './reply.js';

const GREETING = 'the connection';

/** No byte came before the deadline: the server may be waiting too, for TLS to begin. */
export class NoGreeting extends Error {
  constructor(cause: unknown) {
    super('if the port speaks TLS from the first byte, set force_implicit_tls: true', { cause });
    this.name = 'NoGreeting';
  }
}

/**
 * Greets the server and asks for TLS; the handshake may begin then.
 * @param hello the name of this machine
 * @throws ReplyError, NoGreeting, the system's error, or the signal's reason
 */
export async function startTls(socket: Socket, hello: string, signal: AbortSignal): Promise<void> {
  const greeting = await nextReply(socket, GREETING, signal).catch((error: unknown) => {
    throw signal.aborted ? new NoGreeting(error) : error;
  });
  expectCode(greeting, GREETING, 220);
  const extensions = await command(socket, `EHLO ${hello.replace(/[\r\n]+/g, '')}`, signal);
  expectCode(extensions, 'EHLO', 250);
  if (!/^250[ -]STARTTLS\s*$/im.test(extensions.text))
    throw new ReplyError('STARTTLS is not offered', 'STARTTLS', 502);
  expectCode(await command(socket, 'STARTTLS', signal), 'STARTTLS', 220);
}

async function command(socket: Socket, line: string, signal: AbortSignal): Promise<SmtpReply> {
  socket.write(`${line}\r\n`);
  return nextReply(socket, line.split(' ')[0] as string, signal);
}

function expectCode({ code, text }: SmtpReply, command: string, wanted: number): void {
  if (code !== wanted) throw new ReplyError(text.replace(/\s*\n/g, ' '), command, code);
}
