// Text to tokens, by Prometheus' rules (promql/parser/lex.go). Lezer's own tokens are too generous (a string without
// its end, a number with an unknown suffix) and its errors have no words, so the words of an expression are found here
// and its structure there.

import type { Position } from '../ast.js';
import { quoteCharacter } from '../print/quote.js';
import type { Scanned } from './scan.js';
import { characterAt, scanNumber, scanRawString, scanString } from './scan.js';
import type { Token, TokenKind } from './token.js';
import { kindOfWord } from './token.js';

interface Lexed {
  readonly tokens: readonly Token[];
  /** What ended the tokens before the end of the text, if anything did. */
  readonly problem?: { readonly position: Position; readonly reason: string };
}

/** All tokens of a text, or those before the first thing that is none. */
export function lex(text: string): Lexed {
  return new Lexer(text).run();
}

const SPACE = /[ \t\n\r]/;
const DIGIT = /[0-9]/;
const LETTER = /[A-Za-z_]/;
const WORD = /[A-Za-z0-9_:]+/y;
const LABEL = /[A-Za-z0-9_]+/y;
const OPERATORS = /==|!=|<=|<\/|<|>=|>\/|>|[-+*/%^@]/y;
const DURATION_WORDS = /(?:step|range|min|max|min_of|max_of)(?![A-Za-z0-9_])/iy;

/** Ends the run: caught in {@link Lexer.run}. */
class Stop {
  constructor(readonly reason: string) {}
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #inBraces = false;
  #inBrackets = false;
  #colon = false;
  #parens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Lexed {
    try {
      while (this.#skipToToken()) {
        if (this.#inBraces) this.#insideBraces();
        else this.#statement();
      }
      this.#end();
      return { tokens: this.#tokens };
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      const position = { from: this.#at, to: this.#text.length };
      return { tokens: this.#tokens, problem: { position, reason: error.reason } };
    }
  }

  /** Passes spaces and comments; false at the end of the text. */
  #skipToToken(): boolean {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#char();
      if (char === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (!SPACE.test(char)) return true;
    }
    return false;
  }

  #end(): void {
    if (this.#inBraces) throw new Stop('unexpected end of input inside braces');
    if (this.#parens > 0) throw new Stop('unclosed left parenthesis');
    if (this.#inBrackets) throw new Stop('unclosed left bracket');
  }

  #statement(): void {
    const char = this.#char();
    if (DIGIT.test(char) || (char === '.' && DIGIT.test(this.#char(1)))) this.#number();
    else if (LETTER.test(char) || char === ':') this.#nameOrColon();
    else if (this.#isQuote(char)) this.#string(char);
    else if (char === '(' || char === ')') this.#parenthesis(char);
    else if (char === '[' || char === ']') this.#bracket(char);
    else if (char === '{' || char === ',') {
      this.#inBraces = char === '{';
      this.#take('punctuation', 1);
    } else this.#operator(char);
  }

  #nameOrColon(): void {
    if (!this.#inBrackets) this.#word();
    else if (this.#char() === ':') this.#rangeColon();
    else this.#durationWord();
  }

  #operator(char: string): void {
    OPERATORS.lastIndex = this.#at;
    if (OPERATORS.test(this.#text)) this.#take('operator', OPERATORS.lastIndex - this.#at);
    else if (char === '!') throw new Stop(`unexpected character after '!': ${this.#named(1)}`);
    else if (char !== '=') throw new Stop(`unexpected character: ${this.#named()}`);
    else if (this.#char(1) === '~') throw new Stop(`unexpected character after '=': '~'`);
    else this.#take('punctuation', 1);
  }

  #number(): void {
    const scanned = this.#scanned(scanNumber(this.#text, this.#at));
    this.#take(scanned.duration ? 'duration' : 'number', scanned.to - this.#at);
  }

  #word(): void {
    WORD.lastIndex = this.#at;
    WORD.test(this.#text);
    this.#take(kindOfWord(this.#text.slice(this.#at, WORD.lastIndex)), WORD.lastIndex - this.#at);
  }

  #rangeColon(): void {
    if (this.#colon) throw new Stop(`unexpected colon ':'`);
    this.#colon = true;
    this.#take('punctuation', 1);
  }

  /** `step()` and the like, which only the arithmetic of durations has. */
  #durationWord(): void {
    DURATION_WORDS.lastIndex = this.#at;
    if (!DURATION_WORDS.test(this.#text)) {
      throw new Stop(`unexpected character: ${this.#named()}, expected ':'`);
    }
    this.#take('identifier', DURATION_WORDS.lastIndex - this.#at);
  }

  #parenthesis(char: '(' | ')'): void {
    if (char === ')' && this.#parens === 0) {
      // Prometheus has passed it already when it notices.
      this.#at++;
      throw new Stop(`unexpected right parenthesis ')'`);
    }
    this.#parens += char === '(' ? 1 : -1;
    this.#take('punctuation', 1);
  }

  #bracket(char: '[' | ']'): void {
    if (char === '[' && this.#inBrackets) throw new Stop(`unexpected left bracket '['`);
    if (char === ']' && !this.#inBrackets) throw new Stop(`unexpected right bracket ']'`);
    this.#inBrackets = char === '[';
    this.#colon = false;
    this.#take('punctuation', 1);
  }

  #insideBraces(): void {
    const char = this.#char();
    if (LETTER.test(char)) this.#label();
    else if (this.#isQuote(char)) this.#string(char);
    else if (char === ',' || char === '}') {
      this.#inBraces = char === ',';
      this.#take('punctuation', 1);
    } else if (char === '=') {
      if (this.#char(1) === '~') this.#take('operator', 2);
      else this.#take('punctuation', 1);
    } else if (char === '!') this.#negation();
    else if (char === '{') throw new Stop(`unexpected left brace '{'`);
    else throw new Stop(`unexpected character inside braces: ${this.#named()}`);
  }

  #label(): void {
    LABEL.lastIndex = this.#at;
    LABEL.test(this.#text);
    this.#take('identifier', LABEL.lastIndex - this.#at);
  }

  #negation(): void {
    const next = this.#char(1);
    if (next !== '~' && next !== '=') {
      throw new Stop(`unexpected character after '!' inside braces: ${this.#named(1)}`);
    }
    this.#take('operator', 2);
  }

  #isQuote(char: string): boolean {
    return char === '"' || char === "'" || char === '`';
  }

  #string(delimiter: string): void {
    const scan = delimiter === '`' ? scanRawString : scanString;
    this.#take('string', this.#scanned(scan(this.#text, this.#at)).to - this.#at);
  }

  #scanned(scanned: Scanned): { readonly to: number; readonly duration?: boolean } {
    if ('reason' in scanned) throw new Stop(scanned.reason);
    return scanned;
  }

  #take(kind: TokenKind, length: number): void {
    const from = this.#at;
    this.#at += length;
    this.#tokens.push({ kind, text: this.#text.slice(from, this.#at), from, to: this.#at });
  }

  #char(ahead = 0): string {
    return this.#text.charAt(this.#at + ahead);
  }

  /** A character as Go's `%q` names it; the end of the text is no character. */
  #named(ahead = 0): string {
    const char = characterAt(this.#text, this.#at + ahead);
    return char === '' ? `'\ufffd'` : quoteCharacter(char);
  }
}
