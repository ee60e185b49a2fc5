// The bytes of answers on their way from a socket to undici: whether any came, and without a 100 Continue that was not
// asked for. undici ends a connection on which that comes; a client has to be able to read it at any time.
// Source: RFC 9110, 15.2.

import type { Socket } from 'node:net';

/** `HTTP/1.1 100 Continue`, its headers and the empty line. */
const CONTINUE = /^HTTP\/1\.[01] 100(?: [^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n/;
const BEGINS = /^HTTP\/1\.[01] 100[ \r]/;
const LENGTH = 'HTTP/1.1 100 '.length;
/** Where the status stands. */
const STATUS = 'HTTP/1.1 '.length;
const SPACE = 32;
const ONE = 49;
/** As many bytes as the headers of an answer may have. */
const MAX_HEAD = 16 * 1024;
const NOTHING = Buffer.alloc(0);

/** Stands in for the socket's `read()`. */
export class AnswerBytes {
  /** A byte came since the request was written. */
  hasBegun = false;
  readonly #read: () => Buffer | null;
  #isHead = true;
  #held: Buffer = NOTHING;

  constructor(socket: Socket) {
    this.#read = socket.read.bind(socket);
    socket.read = () => this.#next();
  }

  /** To be called when a request is about to be written: what is read next is the beginning of an answer. */
  expect(): void {
    this.hasBegun = false;
    this.#isHead = true;
  }

  #next(): Buffer | null {
    const chunk = this.#read();
    if (chunk === null) return null;
    this.hasBegun = true;
    if (!this.#isHead) return chunk;
    if (this.#held.length === 0 && isOtherStatus(chunk)) {
      this.#isHead = false;
      return chunk;
    }
    this.#held = withoutContinue(Buffer.concat([this.#held, chunk]));
    if (mayBeContinue(this.#held)) return null;
    const bytes = this.#held;
    this.#isHead = false;
    this.#held = NOTHING;
    return bytes;
  }
}

/** It begins with a status that is not 1xx, as nearly every answer does. */
function isOtherStatus(bytes: Buffer): boolean {
  return bytes.length >= LENGTH && bytes[STATUS - 1] === SPACE && bytes[STATUS] !== ONE;
}

function withoutContinue(bytes: Buffer): Buffer {
  let rest = bytes;
  for (;;) {
    const found = BEGINS.test(headOf(rest, LENGTH)) && CONTINUE.exec(headOf(rest, MAX_HEAD));
    if (!found) return rest;
    rest = rest.subarray(found[0].length);
  }
}

/** More bytes are needed to tell. */
function mayBeContinue(bytes: Buffer): boolean {
  const head = headOf(bytes, LENGTH);
  if (head.length === LENGTH) return BEGINS.test(head) && bytes.length < MAX_HEAD;
  return ['HTTP/1.1 100', 'HTTP/1.0 100'].some(line => line.startsWith(head));
}

function headOf(bytes: Buffer, length: number): string {
  return bytes.toString('latin1', 0, length);
}
