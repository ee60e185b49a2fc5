// Messages of remote write 1.0. Source: Prometheus, "Remote-Write 1.0 specification", prompb/remote.proto.

import type { PbfWriter } from 'pbf';
import type { Labels } from '../../model/labels.js';
import {
  type FamilyMetadata,
  type MessageEncoder,
  numberOfType,
  type SampleColumns,
  type SeriesSamples,
} from './message.js';
import { BYTES, lengthOfSamples, makeWriter, writeRaw, writeSamples } from './writer.js';

/** The bytes of its labels. */
type Series = Uint8Array;

const begin = makeWriter();

/** `prometheus.WriteRequest` */
export const version1: MessageEncoder<Series> = {
  headers: {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  },
  countsSamples: false,

  prepare(labels: Labels): Series {
    const writer = begin();
    for (const pair of labels.pairs()) writer.writeMessage(1, writeLabel, pair);
    return writer.finish().slice();
  },

  encode(series: readonly SeriesSamples<Series>[], columns: SampleColumns): Uint8Array {
    const writer = begin();
    for (const { series: labels, samples } of series) {
      writer.writeTag(1, BYTES);
      writer.writeVarint(labels.length + lengthOfSamples(samples, columns));
      writeRaw(writer, labels);
      writeSamples(writer, samples, columns);
    }
    return writer.finish().slice();
  },

  encodeMetadata(families: readonly FamilyMetadata[]): Uint8Array {
    const writer = begin();
    for (const family of families) writer.writeMessage(3, writeMetadata, family);
    return writer.finish().slice();
  },
};

function writeLabel([name, value]: readonly [string, string], writer?: PbfWriter): void {
  writer?.writeStringField(1, name);
  writer?.writeStringField(2, value);
}

function writeMetadata({ type, name, help, unit }: FamilyMetadata, writer?: PbfWriter): void {
  writer?.writeVarintField(1, numberOfType(type));
  writer?.writeStringField(2, name);
  writer?.writeStringField(4, help);
  writer?.writeStringField(5, unit);
}
