// A series as Prometheus' tests write it: `metric{label="value"} 1+2x3 _ stale`. Comes in: a line; goes out: the labels
// and a value for each step.

import { Labels, METRIC_NAME } from '../model/labels.js';

/** One place of a sequence: a value, a stale marker, or nothing. */
export type Point = number | 'stale' | undefined;

/** A series and its places, one for each step. */
export interface SeriesLine {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** More places than any case needs: `0x99999999` is a slip of the pen and not to be waited for. */
const MAX_POINTS = 1_000_000;

const NUMBER = String.raw`(?:[Ii]nf|[Nn]a[Nn]|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`;
const SEQUENCE = new RegExp(String.raw`^([+-]?${NUMBER})([+-]${NUMBER})?(?:x(\d+))?$`);
const GAP = /^_(?:x(\d+))?$/;

/** Labels and values of a line. @throws Error that says what is wrong in the line. */
export function parseSeries(line: string): SeriesLine {
  const { labels, rest } = parseLabels(line);
  const items = rest.includes('{{') ? ['{{'] : rest.split(/\s+/).filter(item => item !== '');
  return { labels, points: items.flatMap(pointsOf) };
}

/** The labels of a series without values; an empty text has none. @throws Error that says what is wrong with it. */
export function parseLabelSet(text: string): Labels {
  if (text.trim() === '') return Labels.NONE;
  const { labels, rest } = parseLabels(text);
  if (rest.trim() !== '') throw new Error(`end of the labels expected at "${rest.trim()}"`);
  return labels;
}

/** A number as the test language writes it (`0.5`, `1e3`, `+Inf`, `NaN`); undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  const match = SEQUENCE.exec(text);
  if (match && match[2] === undefined && match[3] === undefined) return numberOf(text);
  return /^[+-]?0[xX][0-9a-fA-F]+$/.test(text) ? hexadecimal(text) : undefined;
}

/** The places of `1`, `1x3`, `1+2x3`, `1-2x3`, `_`, `_x3` or `stale`; `x3` adds three to the first one, but `_x3` is three. */
function pointsOf(item: string): Point[] {
  if (item === '{{') throw new Error('native histograms are not supported');
  if (item === 'stale') return ['stale'];
  const gap = GAP.exec(item);
  if (gap) return Array<Point>(countOf(gap[1] ?? '1')).fill(undefined);
  const match = SEQUENCE.exec(item);
  if (!match || (match[2] !== undefined && match[3] === undefined))
    throw new Error(`"${item}" is no sequence of values`);
  const step = match[2] === undefined ? 0 : numberOf(match[2]);
  return sequence(numberOf(match[1] as string), step, countOf(match[3] ?? '0') + 1);
}

/** Adds step by step, as Prometheus does, so that the last digit is the same. */
function sequence(first: number, step: number, count: number): number[] {
  const values: number[] = [];
  for (let value = first; values.length < count; value += step) values.push(value);
  return values;
}

function countOf(digits: string): number {
  const count = Number(digits);
  if (count > MAX_POINTS) throw new Error(`x${digits} is more than ${MAX_POINTS} values`);
  return count;
}

function numberOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '').toLowerCase();
  if (digits === 'inf') return sign * Number.POSITIVE_INFINITY;
  return digits === 'nan' ? Number.NaN : sign * Number(digits);
}

function hexadecimal(text: string): number {
  return (text.startsWith('-') ? -1 : 1) * Number(text.replace(/^[+-]/, ''));
}

const NAME = /\s*([a-zA-Z_:][a-zA-Z0-9_:]*)/y;
const QUOTED = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)/y;
const OPEN = /\s*\{(?!\{)/y;
const CLOSE = /\s*\}/y;
const EQUALS = /\s*=/y;
const COMMA = /\s*,/y;

/** Takes piece by piece from the beginning of a line. */
class NotationReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** What the pattern finds right here; undefined, and nothing taken, when it finds nothing. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#line);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  need(pattern: RegExp, what: string): string {
    const found = this.match(pattern);
    if (found === undefined) throw new Error(`${what} expected at "${this.rest()}"`);
    return found;
  }

  rest(): string {
    return this.#line.slice(this.#at);
  }
}

function parseLabels(line: string): { labels: Labels; rest: string } {
  const reader = new NotationReader(line);
  const pairs: [string, string][] = [];
  const name = reader.match(NAME);
  if (name !== undefined) pairs.push([METRIC_NAME, name]);
  if (reader.match(OPEN) !== undefined) readPairs(reader, pairs);
  else if (name === undefined) throw new Error(`a series expected at "${line}"`);
  return { labels: Labels.of(pairs), rest: reader.rest() };
}

/** `a="1", "b c"="2", "metric.name"}`. */
function readPairs(reader: NotationReader, pairs: [string, string][]): void {
  while (reader.match(CLOSE) === undefined) {
    const quoted = reader.match(QUOTED);
    const name = quoted === undefined ? reader.need(NAME, 'a label') : unquote(quoted);
    if (reader.match(EQUALS) !== undefined)
      pairs.push([name, unquote(reader.need(QUOTED, 'a quoted value'))]);
    else if (quoted !== undefined) pairs.push([METRIC_NAME, name]);
    else throw new Error(`"=" expected at "${reader.rest()}"`);
    if (reader.match(COMMA) === undefined) {
      reader.need(CLOSE, '"}"');
      return;
    }
  }
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The text in a Go string literal; the quotes are `"`, `'` or backticks. @throws Error when it is none. */
export function unquote(literal: string): string {
  const quote = literal[0];
  const ends = literal.length > 1 && literal.at(-1) === quote;
  if (!ends || !(quote === '"' || quote === "'" || quote === '`'))
    throw new Error(`${literal} is no quoted string`);
  const inner = literal.slice(1, -1);
  if (quote === '`') return inner;
  return inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g, (_, byte, unit, letter) =>
    letter === undefined
      ? String.fromCharCode(Number.parseInt(byte ?? unit, 16))
      : (ESCAPES[letter] ?? letter),
  );
}
