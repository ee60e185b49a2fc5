// An OpenMetrics file of any length. Comes in: its path; goes out: its samples, line by line.

import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { checkComment, parseSample, type SampleLine } from './line.js';
import { RepeatedSeries } from './repeated-series.js';
import { OpenMetricsError } from './series-text.js';

const PIECE = 1024 * 1024;
/** A line longer than this is no line but another kind of file. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Calls back for each sample in the order of the file; a sample is not for keeping.
 * @throws OpenMetricsError with `FILE:LINE: reason` for the first broken line or what the callback throws as one; the
 * file system's error for a file that cannot be read.
 */
export async function readOpenMetrics(path: string, sample: (sample: SampleLine) => void): Promise<void> {
  const lines = new Lines(sample);
  const file = await open(path);
  try {
    await readPieces(file, lines);
    lines.end();
  } catch (error) {
    if (!(error instanceof OpenMetricsError)) throw error;
    throw new OpenMetricsError(`${path}:${lines.number}: ${error.message}`);
  } finally {
    await file.close();
  }
}

async function readPieces(file: FileHandle, lines: Lines): Promise<void> {
  let rest = Buffer.alloc(0);
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE);
    if (bytesRead === 0) break;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    lines.read(bytes.subarray(0, end));
    rest = bytes.subarray(end);
    if (rest.length > MAX_LINE_LENGTH) lines.fail('the line is longer than 16 MiB');
  }
  if (rest.length > 0) lines.read(rest);
}

/** Counts lines and knows what may still come. */
class Lines {
  readonly #sample: (sample: SampleLine) => void;
  #number = 0;
  #isOver = false;
  /** The series of the last sample, and what reads more of it when there were two in a row. */
  #series = '';
  #repeated: RepeatedSeries | undefined;

  constructor(sample: (sample: SampleLine) => void) {
    this.#sample = sample;
  }

  /** The line that was read last, from 1. */
  get number(): number {
    return Math.max(this.#number, 1);
  }

  /** Whole lines. */
  read(bytes: Buffer): void {
    if (!isUtf8(bytes)) this.#findBroken(bytes);
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline;
      this.#number++;
      if (!this.#isAnother(bytes, start, end)) this.#line(bytes.toString('utf8', start, end));
      start = end + 1;
    }
  }

  /** Reads a line if it is another sample of the same series. */
  #isAnother(bytes: Buffer, start: number, end: number): boolean {
    const repeated = this.#repeated;
    if (!repeated || this.#isOver || !repeated.read(bytes, start, end)) return false;
    this.#sample(repeated);
    return true;
  }

  #line(line: string): void {
    if (this.#isOver) throw new OpenMetricsError('nothing may come after # EOF');
    if (line === '# EOF') this.#isOver = true;
    else if (line === '') throw new OpenMetricsError('the line is empty');
    else if (line.startsWith('#')) checkComment(line);
    else this.#take(parseSample(line));
  }

  #take(sample: SampleLine): void {
    const { series } = sample;
    const isKnown = this.#repeated?.series === series;
    if (!isKnown) this.#repeated = series === this.#series ? new RepeatedSeries(series) : undefined;
    this.#series = series;
    this.#sample(sample);
  }

  /** Lines before the one that is no text are read as usual: an earlier mistake is reported first. */
  #findBroken(bytes: Buffer): never {
    for (let start = 0; ; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      const line = bytes.subarray(start, end);
      if (!isUtf8(line)) this.fail('the line is not UTF-8');
      this.read(line);
      start = end;
    }
  }

  /** The line after those that were read is broken. */
  fail(reason: string): never {
    this.#number++;
    throw new OpenMetricsError(reason);
  }

  /** No line follows. */
  end(): void {
    if (!this.#isOver) this.fail('the file ends without # EOF; it may have been cut off');
  }
}
