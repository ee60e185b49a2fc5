// Parts of messages that both versions have: samples, and bytes that were made before.

import { PbfWriter } from 'pbf';
import type { SampleColumns } from './message.js';

/** Kinds of fields on the wire. Source: protobuf.dev, "Encoding". */
export const BYTES = 2;
const FIXED64 = 1;
const VARINT = 0;

/** Tag and value of `Sample.value`. */
const VALUE_LENGTH = 9;
/** Bytes of a negative number, which is written as if it had 64 bits. */
const NEGATIVE = 10;

/** Bit patterns of NaN, in halves. Source: Prometheus, model/value/value.go. */
const HIGH_STALE = 0x7ff00000;
const LOW_STALE = 2;
const HIGH_NAN = 0x7ff80000;
const LOW_NAN = 1;

/** Bytes that a writer begins with. */
const ROOM = 64 * 1024;

/**
 * A writer for one message after the other, which keeps the room that they took: there are thousands. The function begins one;
 * its bytes, as `finish()` gives them, stay as they are until the next one begins.
 */
export function makeWriter(): () => PbfWriter {
  let kept: PbfWriter | undefined;
  return () => {
    kept ??= new PbfWriter(new Uint8Array(ROOM));
    kept.length = kept.buf.length;
    kept.pos = 0;
    return kept;
  };
}

/** Bytes that were written before. */
export function writeRaw(writer: PbfWriter, bytes: Uint8Array): void {
  writer.realloc(bytes.length);
  writer.buf.set(bytes, writer.pos);
  writer.pos += bytes.length;
}

/** Bytes of samples with their tags. */
export function lengthOfSamples(samples: readonly number[], { times }: SampleColumns): number {
  let length = 0;
  for (const i of samples) length += 2 + lengthOfSample(times[i] as number);
  return length;
}

/** `repeated Sample samples = 2`, with `double value = 1` and `int64 timestamp = 2`, which both versions have. */
export function writeSamples(writer: PbfWriter, samples: readonly number[], columns: SampleColumns): void {
  const { times, values, ends } = columns;
  for (const i of samples) {
    const at = times[i] as number;
    writer.writeTag(2, BYTES);
    writer.writeVarint(lengthOfSample(at));
    writer.writeTag(1, FIXED64);
    if (ends[i] === 1) writeHalves(writer, LOW_STALE, HIGH_STALE);
    else if (Number.isNaN(values[i])) writeHalves(writer, LOW_NAN, HIGH_NAN);
    else writer.writeDouble(values[i] as number);
    writer.writeTag(2, VARINT);
    writer.writeVarint(at);
  }
}

/** Bits that may not survive as a number. */
function writeHalves(writer: PbfWriter, low: number, high: number): void {
  writer.writeFixed32(low);
  writer.writeFixed32(high);
}

function lengthOfSample(at: number): number {
  return VALUE_LENGTH + 1 + lengthOfVarint(at);
}

/** Bytes of a number, seven bits each. */
export function lengthOfVarint(value: number): number {
  if (value < 0) return NEGATIVE;
  let length = 1;
  for (let rest = value; rest >= 128; rest /= 128) length++;
  return length;
}
