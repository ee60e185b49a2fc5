// Prometheus' text format, version 0.0.4 (and 1.0.0, which only adds names in quotes).
// Source: Prometheus, model/textparse/promparse.go.

import { quote } from '../go/quote.js';
import type { Token } from './lexer.js';
import type { MetricType } from './metric-type.js';
import { ParseError } from './parse-error.js';
import { type Entry, Parser } from './parser.js';
import { TextLexer } from './text-lexer.js';

const TYPES: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'unknown',
};

/** Reads a page of text. */
export class TextParser extends Parser {
  /** @param end where the page ends; the byte before it is a line end */
  constructor(bytes: Uint8Array, end: number) {
    super(new TextLexer(bytes, end));
  }

  override next(): Entry {
    const { lexer } = this;
    for (;;) {
      this.start = lexer.at;
      const token = lexer.next();
      switch (token) {
        case 'EOF':
          return 'end';
        case 'LINEBREAK':
          continue;
        case 'HELP':
        case 'TYPE':
          return this.#metadata(token);
        case 'COMMENT':
          this.#lineBreak('linebreak expected after comment');
          return 'comment';
        case 'MNAME':
        case 'BOPEN':
          return this.#sample(this.readSeries(token));
        default:
          throw this.unexpected('expected a valid start token', token);
      }
    }
  }

  override get description(): string {
    const text = this.text(this.textStart, this.textEnd);
    return text.replace(/\\[\\n]/g, sequence => (sequence === '\\n' ? '\n' : '\\'));
  }

  #metadata(keyword: 'HELP' | 'TYPE'): Entry {
    this.readMetadata(keyword);
    const { start, at } = this.lexer;
    this.textStart = Math.min(start + 1, at);
    this.textEnd = at;
    if (keyword === 'TYPE') this.setType(TYPES);
    else this.checkHelp();
    this.#lineBreak('linebreak expected after metadata');
    return keyword === 'TYPE' ? 'type' : 'help';
  }

  #sample(token: Token): Entry {
    const { lexer } = this;
    if (token !== 'VALUE') throw this.unexpected('expected value after metric', token);
    this.valueStart = lexer.start;
    this.value = this.number(lexer.start, lexer.at);
    this.timestamp = Number.NaN;
    const next = lexer.next();
    if (next === 'LINEBREAK') return 'series';
    if (next !== 'TIMESTAMP') throw this.unexpected('expected timestamp or new record', next);
    this.timestamp = this.#integer(lexer.start, lexer.at);
    this.#lineBreak('expected next entry after timestamp');
    return 'series';
  }

  #integer(start: number, end: number): number {
    const text = this.text(start, end);
    const value = Number(text);
    if (value < 2 ** 63) return value;
    const problem = `strconv.ParseInt: parsing ${quote(text)}: value out of range`;
    throw new ParseError(`${problem} while parsing: ${this.readSoFar()}`);
  }

  #lineBreak(expected: string): void {
    const token = this.lexer.next();
    if (token !== 'LINEBREAK') throw this.unexpected(expected, token);
  }

  /** A comma may be left out. */
  protected override afterLabel(): Token {
    const token = this.lexer.next();
    return token === 'COMMA' ? this.lexer.next() : token;
  }
}
