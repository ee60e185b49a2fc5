// An OpenMetrics file of any length. Comes in: its path; goes out: its samples in the order of the file, those of one series that follow
// each other together.

import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { checkComment, parseSample, type SampleLine } from './line.js';
import { RepeatedSeries, wordsOf } from './repeated-series.js';
import { OpenMetricsError } from './series-text.js';

const PIECE = 1024 * 1024;
/** A line longer than this is no line but another kind of file. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;
const NEWLINE = 10;
/** Samples that are handed over together at most. */
const MAX_SAMPLES = 256;

/** Samples of one series in lines that follow each other; not for keeping, and longer than what is in it. */
export interface SampleBatch {
  /** The series as written; {@link parseSeries} reads it. */
  readonly series: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly count: number;
}

/** Takes samples. @returns how many of them were each later than the one of the series before it: there it stops */
type TakeSamples = (batch: SampleBatch) => number;

/**
 * Calls back for all samples in the order of the file.
 * @throws OpenMetricsError with `FILE:LINE: reason` for the first broken line, that of a sample that was not taken, or what the
 * callback throws as one; the file system's error for a file that cannot be read.
 */
export async function readOpenMetrics(path: string, take: TakeSamples): Promise<void> {
  const lines = new Lines(take);
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

/** Reads into the same memory again and again: other memory for each piece takes longer than what is done with the piece. */
async function readPieces(file: FileHandle, lines: Lines): Promise<void> {
  let bytes = Buffer.allocUnsafeSlow(PIECE);
  /** Bytes of a line whose end was not read, at the front. */
  let rest = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, rest, bytes.length - rest);
    if (bytesRead === 0) break;
    const length = rest + bytesRead;
    const end = bytes.subarray(0, length).lastIndexOf(NEWLINE) + 1;
    lines.read(bytes.subarray(0, end));
    rest = length - end;
    if (rest > MAX_LINE_LENGTH) lines.fail('the line is longer than 16 MiB');
    bytes.copyWithin(0, end, length);
    if (rest === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
  }
  if (rest > 0) lines.read(bytes.subarray(0, rest));
}

/** Counts lines and knows what may still come. */
class Lines {
  readonly #takeSamples: TakeSamples;
  readonly #times = new Float64Array(MAX_SAMPLES);
  readonly #values = new Float64Array(MAX_SAMPLES);
  #number = 0;
  #isOver = false;
  /** The series of the last sample, and what reads more of it when there were two in a row. */
  #series = '';
  #repeated: RepeatedSeries | undefined;

  constructor(takeSamples: TakeSamples) {
    this.#takeSamples = takeSamples;
  }

  /** The line that was read last, from 1. */
  get number(): number {
    return Math.max(this.#number, 1);
  }

  /** Whole lines. */
  read(bytes: Buffer): void {
    if (!isUtf8(bytes)) this.#findBroken(bytes);
    const words = wordsOf(bytes);
    for (let start = 0; start < bytes.length; ) {
      start = this.#readRepeated(bytes, words, start);
      if (start === bytes.length) break;
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline;
      this.#number++;
      this.#line(bytes.toString('utf8', start, end));
      start = end + 1;
    }
  }

  /** Reads lines that are further samples of the same series. @returns where the line after them starts */
  #readRepeated(bytes: Buffer, words: DataView, from: number): number {
    const repeated = this.#repeated;
    if (!repeated || this.#isOver) return from;
    let start = from;
    let count = 0;
    while (start < bytes.length) {
      const end = repeated.read(bytes, words, start);
      if (end < 0) break;
      this.#times[count] = repeated.at;
      this.#values[count] = repeated.value;
      start = end + 1;
      if (++count < MAX_SAMPLES) continue;
      this.#handOver(repeated.series, count);
      count = 0;
    }
    if (count > 0) this.#handOver(repeated.series, count);
    return start;
  }

  /** Hands over the samples of the next lines. */
  #handOver(series: string, count: number): void {
    const taken = this.#hand(series, count);
    this.#number += Math.min(taken + 1, count);
    if (taken < count) throw notLater();
  }

  #hand(series: string, count: number): number {
    return this.#takeSamples({ series, times: this.#times, values: this.#values, count });
  }

  #line(line: string): void {
    if (this.#isOver) throw new OpenMetricsError('nothing may come after # EOF');
    if (line === '# EOF') this.#isOver = true;
    else if (line === '') throw new OpenMetricsError('the line is empty');
    else if (line.startsWith('#')) checkComment(line);
    else this.#take(parseSample(line));
  }

  #take({ series, at, value }: SampleLine): void {
    const isKnown = this.#repeated?.series === series;
    if (!isKnown) this.#repeated = series === this.#series ? new RepeatedSeries(series) : undefined;
    this.#series = series;
    this.#times[0] = at;
    this.#values[0] = value;
    if (this.#hand(series, 1) < 1) throw notLater();
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

const notLater = (): OpenMetricsError =>
  new OpenMetricsError('the timestamp is not later than that of the series before it');
