// An OpenMetrics file of any length. Comes in: its path; goes out: its samples, line by line.

import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { checkComment, parseSample, type SampleLine } from './line.js';
import { OpenMetricsError } from './series-text.js';

const PIECE = 1024 * 1024;
/** A line longer than this is no line but another kind of file. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Calls back for each sample in the order of the file.
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
    const text = bytes.toString('utf8');
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.#number++;
      this.#line(text.slice(start, end));
      start = end + 1;
    }
  }

  #line(line: string): void {
    if (this.#isOver) throw new OpenMetricsError('nothing may come after # EOF');
    if (line === '# EOF') this.#isOver = true;
    else if (line === '') throw new OpenMetricsError('the line is empty');
    else if (line.startsWith('#')) checkComment(line);
    else this.#sample(parseSample(line));
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
