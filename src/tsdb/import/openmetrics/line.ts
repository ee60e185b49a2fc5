// One line of an OpenMetrics file: a sample with its time, or something that is only checked.

import type { Millis } from '../../../model/time.js';
import { endOfBraces, endOfSeries, OpenMetricsError, quoted, readLabels } from './series-text.js';

export interface SampleLine {
  /** The series as written; {@link parseSeries} reads it. */
  readonly series: string;
  readonly value: number;
  readonly at: Millis;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIALS = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);
const TYPES = new Set([
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'stateset',
  'info',
  'summary',
  'unknown',
]);
/** Some ten thousand years; times beyond are milliseconds that were taken for seconds, or worse. */
export const LATEST: Millis = 2 ** 48;

/** A sample, its exemplar checked and left out. @throws OpenMetricsError */
export function parseSample(line: string): SampleLine {
  const seriesEnd = endOfSeries(line);
  if (line[seriesEnd] !== ' ') throw new OpenMetricsError('a value is expected after the series');
  const valueEnd = wordEnd(line, seriesEnd + 1);
  const value = parseNumber(line.slice(seriesEnd + 1, valueEnd), 'the value');
  if (valueEnd === line.length) {
    throw new OpenMetricsError('the sample has no timestamp; give one in seconds after the value');
  }
  const timeEnd = wordEnd(line, valueEnd + 1);
  if (line[valueEnd + 1] === '#') {
    throw new OpenMetricsError('the sample has no timestamp before its exemplar');
  }
  const at = parseTime(line.slice(valueEnd + 1, timeEnd));
  if (timeEnd < line.length) checkExemplar(line, timeEnd);
  return { series: line.slice(0, seriesEnd), value, at };
}

function wordEnd(line: string, from: number): number {
  const space = line.indexOf(' ', from);
  return space < 0 ? line.length : space;
}

function parseNumber(text: string, what: string): number {
  if (NUMBER.test(text)) return Number(text);
  const special = SPECIALS.get(text.toLowerCase().replace(/^\+/, ''));
  if (special === undefined) throw new OpenMetricsError(`${what} ${quoted(text)} is not a number`);
  return special;
}

function parseTime(text: string): Millis {
  const at = Math.round(parseNumber(text, 'the timestamp') * 1000);
  // Not a comparison with the limit alone: NaN is no time either.
  if (!(Math.abs(at) <= LATEST)) {
    throw new OpenMetricsError(`the timestamp ${quoted(text)} is out of range; it counts seconds`);
  }
  return at + 0;
}

/** ` # {trace_id="x"} 0.5 1700000000.1` */
function checkExemplar(line: string, at: number): void {
  if (!line.startsWith(' # {', at)) {
    throw new OpenMetricsError(`${quoted(line.slice(at + 1))} is not expected after the timestamp`);
  }
  const end = endOfBraces(line, at + 3);
  readLabels(line, at + 4, new Map());
  const words = line.slice(end).split(' ');
  if (words[0] !== '' || words.length < 2 || words.length > 3) {
    throw new OpenMetricsError('the exemplar needs a value, and perhaps a timestamp');
  }
  for (const word of words.slice(1)) parseNumber(word, "the exemplar's number");
}

/** `# TYPE`, `# HELP`, `# UNIT` and plain comments, none of which samples need. @throws OpenMetricsError */
export function checkComment(line: string): void {
  const [, keyword, name, ...rest] = line.split(' ');
  if (keyword !== 'TYPE' && keyword !== 'HELP' && keyword !== 'UNIT') return;
  if (!name) throw new OpenMetricsError(`# ${keyword} names no metric`);
  // A quoted name may have spaces in it, the type is what comes last.
  const type = rest.at(-1) ?? '';
  if (keyword === 'TYPE' && !TYPES.has(type)) {
    throw new OpenMetricsError(`# TYPE: ${quoted(type)} is no type; one of ${[...TYPES].join(', ')}`);
  }
}
