// Tokens of an exposed page. The two formats have the same tokens and differ in white space and line ends.
// Source: Prometheus, model/textparse (promlex.l, openmetricslex.l).

/** As Prometheus names them in its messages. */
export type Token =
  | 'INVALID'
  | 'EOF'
  | 'LINEBREAK'
  | 'HELP'
  | 'TYPE'
  | 'UNIT'
  | 'EOFWORD'
  | 'TEXT'
  | 'COMMENT'
  | 'MNAME'
  | 'QSTRING'
  | 'BOPEN'
  | 'BCLOSE'
  | 'LNAME'
  | 'LVALUE'
  | 'COMMA'
  | 'EQUAL'
  | 'TIMESTAMP'
  | 'VALUE';

/** What is expected at the place the lexer has come to. */
export type LexerState =
  | 'init'
  | 'comment'
  | 'metadataName'
  | 'metadataText'
  | 'labels'
  | 'labelValue'
  | 'value'
  | 'timestamp'
  | 'exemplar'
  | 'exemplarValue'
  | 'exemplarTimestamp';

export const NEWLINE = 10;
export const SPACE = 32;
export const TAB = 9;
export const QUOTE = 34;
export const HASH = 35;
export const COMMA = 44;
export const EQUALS = 61;
export const BACKSLASH = 92;
export const BRACE_OPEN = 123;
export const BRACE_CLOSE = 125;

/** What a byte may be part of. */
const LABEL_START = 1;
const METRIC_START = 2;
const DIGIT = 4;
const CLASS = new Uint8Array(256);
for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'))
  CLASS[byte] = LABEL_START | METRIC_START;
for (const byte of Buffer.from(':')) CLASS[byte] = METRIC_START;
for (const byte of Buffer.from('0123456789')) CLASS[byte] = DIGIT;

/** Reads a page from a place on. The bytes between `start` and `at` are the last token's. */
export abstract class Lexer {
  readonly bytes: Uint8Array;
  /** Where the page ends. */
  readonly end: number;
  state: LexerState = 'init';
  start = 0;
  at = 0;

  constructor(bytes: Uint8Array, end: number) {
    this.bytes = bytes;
    this.end = end;
  }

  abstract next(): Token;

  /** The byte at the present place; -1 behind the last one. */
  protected get byte(): number {
    return this.at < this.end ? (this.bytes[this.at] as number) : -1;
  }

  /** Goes on to a token's end. */
  protected token(token: Token, length: number, state: LexerState): Token {
    this.at += length;
    this.state = state;
    return token;
  }

  protected metricName(state: LexerState): Token {
    return this.#name('MNAME', METRIC_START, state);
  }

  protected labelName(state: LexerState): Token {
    return this.#name('LNAME', LABEL_START, state);
  }

  #name(token: Token, first: number, state: LexerState): Token {
    if (this.at >= this.end || !((CLASS[this.bytes[this.at] as number] as number) & first)) return 'INVALID';
    this.skipWhile(byte => ((CLASS[byte] as number) & (first | DIGIT)) !== 0);
    this.state = state;
    return token;
  }

  /** A text in double quotes. @param isOneLine whether it must end on its line */
  protected quoted(token: Token, isOneLine: boolean, state: LexerState): Token {
    const { bytes, end } = this;
    if (this.byte !== QUOTE) return 'INVALID';
    for (let i = this.at + 1; i < end; i++) {
      const byte = bytes[i];
      if (byte === BACKSLASH && bytes[i + 1] !== NEWLINE) i++;
      else if (byte === QUOTE) return this.token(token, i + 1 - this.at, state);
      else if (byte === BACKSLASH || (byte === NEWLINE && isOneLine)) return this.#invalidAt(i);
    }
    return this.#invalidAt(end);
  }

  #invalidAt(place: number): Token {
    this.at = place;
    return 'INVALID';
  }

  /** Goes on while bytes satisfy a condition. @returns whether one did */
  protected skipWhile(is: (byte: number) => boolean): boolean {
    const { at } = this;
    while (this.at < this.end && is(this.bytes[this.at] as number)) this.at++;
    return this.at > at;
  }

  protected startsWith(word: string): boolean {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) return false;
    return this.at + word.length <= this.end;
  }
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Behind the line that a place is in, its line end included. */
export function endOfLine(bytes: Uint8Array, at: number, end: number): number {
  const newline = bytes.indexOf(NEWLINE, at);
  return newline < 0 || newline >= end ? end : newline + 1;
}
