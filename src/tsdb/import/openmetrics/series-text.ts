// A series as OpenMetrics writes it: `name{label="value"}`, or `{"any name","any label"="value"}` for names that are
// not plain (Prometheus' UTF-8 syntax).

import { Labels, METRIC_NAME } from '../../../model/labels.js';

/** A line that is not OpenMetrics; the message says why, not where. */
export class OpenMetricsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'OpenMetricsError';
  }
}

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const ESCAPES: Record<string, string> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Where a line's series ends: at the space after it, or at the line's end. @throws OpenMetricsError */
export function endOfSeries(line: string): number {
  const space = line.indexOf(' ');
  const brace = line.indexOf('{');
  if (brace < 0 || (space >= 0 && space < brace)) return space < 0 ? line.length : space;
  return endOfBraces(line, brace);
}

/** The place after the brace that closes the one at `open`; braces within quotes are text. @throws OpenMetricsError */
export function endOfBraces(line: string, open: number): number {
  for (let at = open + 1; ; ) {
    const close = line.indexOf('}', at);
    if (close < 0) throw new OpenMetricsError('the labels have no closing brace');
    const quote = line.indexOf('"', at);
    if (quote < 0 || quote > close) return close + 1;
    at = endOfQuote(line, quote);
  }
}

function endOfQuote(text: string, open: number): number {
  for (let at = open + 1; ; at++) {
    const close = text.indexOf('"', at);
    if (close < 0) throw new OpenMetricsError('a quoted text has no end');
    let escapes = 0;
    while (text[close - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return close + 1;
    at = close;
  }
}

/** The labels of a series, its name among them. @throws OpenMetricsError */
export function parseSeries(text: string): Labels {
  const brace = text.indexOf('{');
  const name = brace < 0 ? text : text.slice(0, brace);
  const pairs = new Map<string, string>();
  if (name !== '') {
    if (!PLAIN_METRIC.test(name)) throw new OpenMetricsError(`${quoted(name)} is no metric name`);
    pairs.set(METRIC_NAME, name);
  }
  if (brace >= 0) readLabels(text, brace + 1, pairs);
  if (!pairs.get(METRIC_NAME)) throw new OpenMetricsError('the series has no metric name');
  return Labels.of(pairs);
}

/** Reads `a="1",b="2"}` from a place on. */
export function readLabels(text: string, from: number, pairs: Map<string, string>): void {
  for (let at = from; text[at] !== '}'; ) {
    const name = readName(text, at);
    if (text[name.end] === '=') {
      const value = readQuoted(text, name.end + 1, `the value of label ${quoted(name.text)}`);
      addLabel(pairs, name.text, value.text);
      at = value.end;
    } else if (name.isQuoted) {
      addLabel(pairs, METRIC_NAME, name.text);
      at = name.end;
    } else throw new OpenMetricsError(`label ${quoted(name.text)} is not followed by "="`);
    if (text[at] === ',') at++;
    else if (text[at] !== '}') throw new OpenMetricsError('labels are not separated by ","');
  }
}

function addLabel(pairs: Map<string, string>, name: string, value: string): void {
  if (pairs.has(name)) {
    throw new OpenMetricsError(
      name === METRIC_NAME ? 'the series has two names' : `label ${quoted(name)} is there twice`,
    );
  }
  pairs.set(name, value);
}

function readName(text: string, at: number): { text: string; end: number; isQuoted: boolean } {
  if (text[at] === '"') return { ...readQuoted(text, at, 'a name'), isQuoted: true };
  LABEL_NAME.lastIndex = at;
  const match = LABEL_NAME.exec(text);
  if (!match) throw new OpenMetricsError('a label name is expected in the braces');
  return { text: match[0], end: LABEL_NAME.lastIndex, isQuoted: false };
}

function readQuoted(text: string, at: number, what: string): { text: string; end: number } {
  if (text[at] !== '"') throw new OpenMetricsError(`${what} is not in double quotes`);
  const end = endOfQuote(text, at);
  const raw = text.slice(at + 1, end - 1);
  return {
    text: raw.includes('\\') ? raw.replace(/\\[\\"n]/g, sequence => ESCAPES[sequence] as string) : raw,
    end,
  };
}

/** Foreign text in a message: short, and on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
