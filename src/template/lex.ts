// Text in, tokens out: what stands outside of `{{ }}` is text, what stands inside is cut into words.
// Source: Go's text/template, "Actions" and "Arguments"; text/template/parse/lex.go.

import { TemplateError } from './error.js';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'word'
  | 'field'
  | 'variable'
  | 'string'
  | 'number'
  | 'char'
  | 'space'
  | 'mark'
  | 'eof';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for `text` with the trimmed white space gone, for `string` and `char` with the quotes. */
  readonly text: string;
  readonly offset: number;
}

const INSIDE: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[ \t\r\n]+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\[^\n]+?)'/y],
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y,
  ],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['variable', /\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['mark', /:=|[=|().,]/y],
];

const COMMENT = /^(?:\/\*[\s\S]*?\*\/)/;

/** Cuts a template into tokens, the last one `eof`. @throws TemplateError */
export function lex(name: string, text: string): Token[] {
  return new Lexer(name, text).run();
}

class Lexer {
  readonly #name: string;
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  /** White space after a `-}}` belongs to no token. */
  #trim = false;

  constructor(name: string, text: string) {
    this.#name = name;
    this.#text = text;
  }

  run(): Token[] {
    while (this.#at < this.#text.length) this.#outside();
    this.#push('eof', '', this.#text.length);
    return this.#tokens;
  }

  #outside(): void {
    const open = this.#text.indexOf('{{', this.#at);
    const end = open < 0 ? this.#text.length : open;
    const trimRight = open >= 0 && /^-[ \t\r\n]/.test(this.#text.slice(open + 2, open + 4));
    let text = this.#text.slice(this.#at, end);
    if (this.#trim) text = text.replace(/^[ \t\r\n]+/, '');
    if (trimRight) text = text.replace(/[ \t\r\n]+$/, '');
    this.#trim = false;
    if (text !== '') this.#push('text', text, this.#at);
    this.#at = end;
    if (open >= 0) this.#inside(open, open + (trimRight ? 3 : 2));
  }

  #inside(open: number, begin: number): void {
    const body = this.#text.slice(begin);
    const comment = COMMENT.exec(body.trimStart());
    if (comment) {
      this.#comment(begin + body.length - body.trimStart().length + comment[0].length, open);
      return;
    }
    this.#push('open', '{{', open);
    this.#at = begin;
    while (!this.#closes()) this.#word(open);
  }

  #comment(end: number, open: number): void {
    const close = /^(?:[ \t\r\n]+-)?\}\}/.exec(this.#text.slice(end));
    if (!close) throw this.#error('comment ends before closing delimiter', open);
    this.#trim = close[0].length > 2;
    this.#at = end + close[0].length;
  }

  #closes(): boolean {
    const close = /^(?:[ \t\r\n]+-)?\}\}/.exec(this.#text.slice(this.#at, this.#at + 200));
    if (!close) return false;
    this.#push('close', '}}', this.#at);
    this.#trim = close[0].length > 2;
    this.#at += close[0].length;
    return true;
  }

  #word(open: number): void {
    if (this.#at >= this.#text.length) throw this.#error('unclosed action', open);
    for (const [kind, pattern] of INSIDE) {
      pattern.lastIndex = this.#at;
      const found = pattern.exec(this.#text)?.[0];
      if (!found) continue;
      this.#push(kind, found, this.#at);
      this.#at += found.length;
      return;
    }
    throw this.#refuse();
  }

  #refuse(): TemplateError {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
    if (char === '"') return this.#error('unterminated quoted string', this.#at);
    if (char === '`') return this.#error('unterminated raw quoted string', this.#at);
    const code = (char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
    return this.#error(`unrecognized character in action: U+${code} '${char}'`, this.#at);
  }

  #push(kind: TokenKind, text: string, offset: number): void {
    this.#tokens.push({ kind, text, offset });
  }

  #error(reason: string, offset: number): TemplateError {
    return TemplateError.at(this.#name, this.#text, offset, reason);
  }
}
