// OpenMetrics, versions 1.0.0 and 0.0.1. Exemplars are checked and left out: there is no storage for them.
// Source: Prometheus, model/textparse/openmetricsparse.go.

import { quote } from '../go/quote.js';
import type { Token } from './lexer.js';
import { METRIC_TYPES, type MetricType } from './metric-type.js';
import { OpenMetricsLexer } from './openmetrics-lexer.js';
import { ParseError } from './parse-error.js';
import { type Entry, Parser, unescaped } from './parser.js';

const TYPES: Readonly<Record<string, MetricType>> = Object.fromEntries(
  METRIC_TYPES.map(type => [type, type]),
);
const NO_END = 'data does not end with # EOF';

/** Reads a page of OpenMetrics. */
export class OpenMetricsParser extends Parser {
  readonly #exemplar: number[] = [];

  /** @param end where the page ends */
  constructor(bytes: Uint8Array, end: number) {
    super(new OpenMetricsLexer(bytes, end));
  }

  override next(): Entry {
    const { lexer } = this;
    this.start = lexer.at;
    const token = lexer.next();
    switch (token) {
      case 'EOFWORD':
        if (lexer.next() !== 'EOF') throw new ParseError('unexpected data after # EOF');
        return 'end';
      case 'EOF':
        throw new ParseError(NO_END);
      case 'HELP':
      case 'TYPE':
      case 'UNIT':
        return this.#metadata(token);
      case 'MNAME':
      case 'BOPEN':
        return this.#sample(this.readSeries(token));
      default:
        throw this.unexpected('expected a valid start token', token);
    }
  }

  override get description(): string {
    return unescaped(this.text(this.textStart, this.textEnd));
  }

  #metadata(keyword: 'HELP' | 'TYPE' | 'UNIT'): Entry {
    this.readMetadata(keyword);
    this.textStart = this.lexer.start + 1;
    this.textEnd = Math.max(this.textStart, this.lexer.at - 1);
    if (keyword === 'TYPE') {
      this.setType(TYPES);
      return 'type';
    }
    if (keyword === 'HELP') {
      this.checkHelp();
      return 'help';
    }
    const { family, description: unit } = this;
    if (unit !== '' && !family.endsWith(`_${unit}`))
      throw new ParseError(`unit ${quote(unit)} not a suffix of metric ${quote(family)}`);
    return 'unit';
  }

  #sample(token: Token): Entry {
    const { lexer } = this;
    this.value = this.#number(token, 'metric');
    this.valueStart = lexer.start + 1;
    this.timestamp = Number.NaN;
    let next = lexer.next();
    if (next === 'TIMESTAMP') {
      this.timestamp = this.#time('timestamp');
      next = lexer.next();
      if (next !== 'LINEBREAK' && next !== 'COMMENT')
        throw this.unexpected('expected next entry after timestamp', next);
    }
    if (next === 'EOF') throw new ParseError(NO_END);
    if (next === 'COMMENT') this.#readExemplar();
    else if (next !== 'LINEBREAK') throw this.unexpected('expected timestamp or new record', next);
    return 'series';
  }

  #readExemplar(): void {
    const { lexer } = this;
    this.#exemplar.length = 0;
    this.readLabels(this.#exemplar, true);
    this.#number(lexer.next(), 'exemplar labels');
    const next = lexer.next();
    if (next === 'LINEBREAK') return;
    if (next === 'EOF') throw new ParseError(NO_END);
    if (next !== 'TIMESTAMP') throw this.unexpected('expected timestamp or comment', next);
    this.#time('exemplar timestamp');
    const last = lexer.next();
    if (last !== 'LINEBREAK') throw this.unexpected('expected next entry after exemplar timestamp', last);
  }

  #number(token: Token, after: string): number {
    if (token !== 'VALUE') throw this.unexpected(`expected value after ${after}`, token);
    return this.number(this.lexer.start + 1, this.lexer.at);
  }

  /** Seconds in the page; milliseconds here. */
  #time(what: string): number {
    const seconds = this.number(this.lexer.start + 1, this.lexer.at);
    if (Number.isFinite(seconds)) return Math.trunc(seconds * 1000) + 0;
    throw new ParseError(`invalid ${what} ${Number.isNaN(seconds) ? 'NaN' : seconds > 0 ? '+Inf' : '-Inf'}`);
  }

  protected override afterLabel(): Token {
    const token = this.lexer.next();
    if (token === 'COMMA') return this.lexer.next();
    if (token !== 'BCLOSE') throw this.unexpected('expected comma or brace close', token);
    return token;
  }
}
