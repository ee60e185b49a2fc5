// A page read to its end, as tests look at it.

import { Labels } from '../../src/model/labels.js';
import { OpenMetricsParser } from '../../src/textparse/openmetrics-parser.js';
import type { Parser } from '../../src/textparse/parser.js';
import { TextParser } from '../../src/textparse/text-parser.js';

/** A parser over a page; of text it gets the line end that a page may leave out. */
export function parserOf(page: string | Buffer, isOpenMetrics: boolean): Parser {
  const bytes = Buffer.from(page);
  if (isOpenMetrics) return new OpenMetricsParser(bytes, bytes.length);
  const ended = Buffer.concat([bytes, Buffer.from('\n')]);
  return new TextParser(ended, ended.length);
}

/** Each entry as one line: `name{a="b"} value @time`, or `TYPE family counter`; the last one may be a mistake. */
export function entriesOf(page: string | Buffer, isOpenMetrics = false): string[] {
  const parser = parserOf(page, isOpenMetrics);
  const lines: string[] = [];
  try {
    for (let entry = parser.next(); entry !== 'end'; entry = parser.next()) lines.push(lineOf(entry, parser));
  } catch (error) {
    lines.push(`error: ${(error as Error).message}`);
  }
  return lines;
}

function lineOf(entry: string, parser: Parser): string {
  if (entry === 'comment') return 'comment';
  if (entry === 'type') return `TYPE ${parser.family} ${parser.type}`;
  if (entry !== 'series')
    return `${entry.toUpperCase()} ${parser.family} ${JSON.stringify(parser.description)}`;
  const time = Number.isNaN(parser.timestamp) ? '' : ` @${parser.timestamp}`;
  const labels = parser.labels();
  const isRepeated = new Set(labels.map(([name]) => name)).size < labels.length;
  const series = isRepeated ? JSON.stringify(labels) : Labels.of(labels).toString();
  return `${series} ${Object.is(parser.value, -0) ? '-0' : parser.value}${time}`;
}
