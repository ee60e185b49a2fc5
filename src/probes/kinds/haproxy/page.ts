// HAProxy's statistics page as text in, records out.

import type { Options, parse } from 'csv-parse/sync';

/** csv-parse's function, imported by the code that opens a probe. */
export type CsvParse = typeof parse;

const CSV: Options = { relax_column_count: true };

/** The first line, without the mark of a comment; undefined when the text is no HAProxy statistics. */
export function headerLine(text: string): string | undefined {
  if (!text.startsWith('# pxname,svname,')) return undefined;
  const end = text.indexOf('\n');
  return (end < 0 ? text : text.slice(0, end)).slice(2).trimEnd();
}

/** The names of the columns, in order. @throws csv-parse's error */
export function columnsOf(header: string, parseCsv: CsvParse): string[] {
  return parseCsv(header, CSV)[0] as string[];
}

/**
 * Whether the text ends in the middle of a record: the number it ends in may be half of one, and a counter would seem
 * to have started again.
 */
export function isCutOff(text: string, columns: number): boolean {
  const last = text.lastIndexOf('\n') + 1;
  return last > 0 && last < text.length && text.slice(last).split(',').length < columns;
}

/**
 * Calls back with every record's cells. Without a quote a record is exactly its line split at the commas (RFC 4180,
 * 2.5), which is twenty times as fast; csv-parse reads every record that has one, also over several lines.
 * @throws csv-parse's error
 */
export function eachRecord(text: string, parseCsv: CsvParse, take: (cells: string[]) => void): void {
  let at = text.indexOf('\n') + 1;
  while (at > 0 && at < text.length) {
    let end = lineEnd(text, at);
    let line = text.slice(at, end);
    if (line.includes('"')) {
      // A quoted cell may hold a line break: the record ends where its quotes are even.
      while (quotes(line) % 2 === 1 && end < text.length) {
        end = lineEnd(text, end + 1);
        line = text.slice(at, end);
      }
      take(parseCsv(line, CSV)[0] as string[]);
    } else if (end > at + 1) {
      take(line.split(','));
    }
    at = end + 1;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function quotes(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++;
  return count;
}
