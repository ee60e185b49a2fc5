// An exposed page entry by entry. Comes in: bytes; goes out: samples with the places of their labels, and metadata.
// Source: Prometheus, model/textparse (promparse.go, openmetricsparse.go).

import { isUtf8 } from 'node:buffer';
import { METRIC_NAME } from '../model/labels.js';
import { parseNumber } from '../promql/number.js';
import { type Lexer, QUOTE, type Token } from './lexer.js';
import type { MetricType } from './metric-type.js';
import { normalizeBound } from './normalize-bound.js';
import { decode, ParseError, quoteBytes } from './parse-error.js';

/** What an entry is; `end` comes once, behind the last one. */
export type Entry = 'series' | 'type' | 'help' | 'unit' | 'comment' | 'end';

/** Reads one page. Its fields describe the entry that {@link next} returned last. */
export abstract class Parser {
  /** The type of the last `# TYPE` line, also while a sample of another family is read. */
  type: MetricType = 'unknown';
  value = 0;
  /** Milliseconds; NaN where the sample has no time of its own. */
  timestamp = Number.NaN;
  /** Of a series: where it begins and ends, and where its value begins. */
  seriesStart = 0;
  seriesEnd = 0;
  valueStart = 0;
  protected readonly lexer: Lexer;
  protected readonly bytes: Uint8Array;
  /** Where the present entry begins. */
  protected start = 0;
  /** Start and end of the metric's name, then of each label's name and value. */
  protected readonly offsets: number[] = [];
  protected textStart = 0;
  protected textEnd = 0;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
    this.bytes = lexer.bytes;
  }

  /** Goes to the next entry. @throws ParseError; no more can be read then */
  abstract next(): Entry;

  /** Where the next entry begins. */
  get at(): number {
    return this.lexer.at;
  }

  /** Goes on at another place, at which an entry begins. */
  seek(at: number): void {
    this.lexer.at = at;
    this.lexer.state = 'init';
  }

  /** Of metadata: the metric family. */
  get family(): string {
    return this.text(this.offsets[0] as number, this.offsets[1] as number);
  }

  /** Of metadata: the help text or unit. */
  abstract get description(): string;

  /**
   * The labels of a sample, its name among them, in the order in which they are written: a name may be there twice. Bounds
   * of buckets and quantiles are written as OpenMetrics wants them.
   */
  labels(): [name: string, value: string][] {
    const { offsets } = this;
    const of = (i: number) => unescaped(this.text(offsets[i] as number, offsets[i + 1] as number));
    const labels: [string, string][] = [[METRIC_NAME, of(0)]];
    for (let i = 2; i < offsets.length; i += 4) {
      const name = of(i);
      labels.push([name, normalizeBound(this.type, name, of(i + 2))]);
    }
    return labels;
  }

  /** The series after its name was read, or at its opening brace, as far as its value. */
  protected readSeries(first: Token): Token {
    this.offsets.length = 0;
    if (first === 'MNAME') this.offsets.push(this.start, this.lexer.at);
    else this.offsets.push(-1, -1);
    let end = this.lexer.at;
    let token = first === 'MNAME' ? this.lexer.next() : first;
    if (token === 'BOPEN') {
      this.readLabels(this.offsets, false);
      end = this.lexer.at;
      token = this.lexer.next();
    }
    if (this.offsets[0] === -1)
      throw new ParseError(`metric name not set while parsing: ${this.readSoFar()}`);
    this.seriesStart = this.start;
    this.seriesEnd = end;
    return token;
  }

  /** What comes after a label: the next token. @throws ParseError */
  protected abstract afterLabel(): Token;

  protected readLabels(offsets: number[], isExemplar: boolean): void {
    const { lexer } = this;
    for (let token = lexer.next(); token !== 'BCLOSE'; ) {
      const isQuoted = token === 'QSTRING';
      if (token !== 'LNAME' && !isQuoted) throw this.unexpected('expected label name', token);
      const { start, at } = lexer;
      token = lexer.next();
      if (isQuoted && !isExemplar && (token === 'COMMA' || token === 'BCLOSE')) {
        this.#setName(offsets, start + 1, at - 1);
        if (token === 'COMMA') token = lexer.next();
        continue;
      }
      if (token !== 'EQUAL') throw this.unexpected('expected equal', token);
      this.#readValue(offsets, start, at);
      token = this.afterLabel();
    }
  }

  #setName(offsets: number[], start: number, end: number): void {
    if (offsets[0] !== -1) throw new ParseError(`metric name already set while parsing: ${this.readSoFar()}`);
    offsets[0] = start;
    offsets[1] = end;
  }

  #readValue(offsets: number[], start: number, end: number): void {
    const { lexer } = this;
    const quote = this.bytes[start] === QUOTE ? 1 : 0;
    const token = lexer.next();
    if (token !== 'LVALUE') throw this.unexpected('expected label value', token);
    const value = this.bytes.subarray(lexer.start, lexer.at);
    if (!isUtf8(value))
      throw new ParseError(`invalid UTF-8 label value: ${quoteBytes(value, 0, value.length)}`);
    offsets.push(start + quote, end - quote, lexer.start + 1, lexer.at - 1);
  }

  /** A number between two places. @throws ParseError */
  protected number(start: number, end: number): number {
    const text = this.text(start, end);
    const value = /[pP_]/.test(text) ? undefined : parseNumber(text);
    if (value !== undefined) return value;
    throw new ParseError(`${numberProblem(text, this.bytes, start, end)} while parsing: ${this.readSoFar()}`);
  }

  protected unexpected(expected: string, token: Token): ParseError {
    const { start, at, end } = this.lexer;
    const to = Math.min(end, at + 1);
    const got = `${expected}, got ${quoteBytes(this.bytes, start, to)} ("${token}")`;
    return new ParseError(`${got} while parsing: ${quoteBytes(this.bytes, this.start, to)}`);
  }

  protected readSoFar(): string {
    return quoteBytes(this.bytes, this.start, this.lexer.at);
  }

  protected text(start: number, end: number): string {
    return decode(this.bytes.subarray(start, end));
  }

  /** Name and text of a line of metadata, the keyword read. */
  protected readMetadata(keyword: Token): void {
    const { lexer } = this;
    const name = lexer.next();
    if (name !== 'MNAME') throw this.unexpected(`expected metric name after ${keyword}`, name);
    const quote = this.bytes[lexer.start] === QUOTE ? 1 : 0;
    this.offsets.length = 0;
    this.offsets.push(lexer.start + quote, lexer.at - quote);
    const text = lexer.next();
    if (text !== 'TEXT') throw new ParseError(`expected text in ${keyword}, got ${text}`);
  }

  protected setType(names: Readonly<Record<string, MetricType>>): void {
    const name = this.text(this.textStart, this.textEnd);
    const type = Object.hasOwn(names, name) ? names[name] : undefined;
    if (!type)
      throw new ParseError(`invalid metric type ${quoteBytes(this.bytes, this.textStart, this.textEnd)}`);
    this.type = type;
  }

  protected checkHelp(): void {
    const { bytes, textStart, textEnd } = this;
    if (!isUtf8(bytes.subarray(textStart, textEnd)))
      throw new ParseError(`help text ${quoteBytes(bytes, textStart, textEnd)} is not a valid utf8 string`);
  }
}

/** What strconv.ParseFloat says. */
function numberProblem(text: string, bytes: Uint8Array, start: number, end: number): string {
  if (/[pP_]/.test(text)) return 'unsupported character in float';
  const isTooLarge = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
  const reason = isTooLarge ? 'value out of range' : 'invalid syntax';
  return `strconv.ParseFloat: parsing ${quoteBytes(bytes, start, end)}: ${reason}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\"': '"', '\\\\': '\\', '\\n': '\n' };

/** A label's name or value without its escapes; a backslash before anything else stands for itself. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\["\\n]/g, sequence => ESCAPES[sequence] as string) : text;
}
