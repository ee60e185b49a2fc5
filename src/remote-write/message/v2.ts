// Messages of remote write 2.0: texts are in a table, and series carry their metadata. Source: Prometheus, "Remote-Write 2.0
// specification", prompb/io/prometheus/write/v2/types.proto.

import type { PbfWriter } from 'pbf';
import { type Labels, METRIC_NAME } from '../../model/labels.js';
import {
  type MessageEncoder,
  type MetricMetadata,
  numberOfType,
  type SampleColumns,
  type SeriesSamples,
} from './message.js';
import { BYTES, lengthOfSamples, lengthOfVarint, makeWriter, writeRaw, writeSamples } from './writer.js';

const TYPE = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

const beginHead = makeWriter();
const beginSeries = makeWriter();
const beginMessage = makeWriter();

/** `io.prometheus.write.v2.Request` */
export const version2: MessageEncoder<Labels> = {
  headers: {
    'content-type': TYPE,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '2.0.0',
  },
  countsSamples: true,

  prepare: labels => labels,

  encode(
    series: readonly SeriesSamples<Labels>[],
    columns: SampleColumns,
    metadata: (name: string) => MetricMetadata | undefined,
  ): Uint8Array {
    const symbols = new Symbols();
    const writer = beginSeries();
    for (const { series: labels, samples } of series) {
      const head = headOf(labels, symbols, metadata(labels.get(METRIC_NAME)));
      writer.writeTag(5, BYTES);
      writer.writeVarint(head.length + lengthOfSamples(samples, columns));
      writeRaw(writer, head);
      writeSamples(writer, samples, columns);
    }
    // The table is complete once all series are written, and stands before them.
    const message = beginMessage();
    for (const text of symbols.texts) message.writeStringField(4, text);
    writeRaw(message, writer.finish());
    return message.finish().slice();
  },

  encodeMetadata: () => undefined,
};

/** The table of texts; the first is empty. */
class Symbols {
  readonly texts: string[] = [''];
  readonly #places = new Map([['', 0]]);

  of(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.texts.length;
      this.texts.push(text);
      this.#places.set(text, place);
    }
    return place;
  }
}

/** A series but for its samples: `labels_refs = 1`, `metadata = 5`. */
function headOf(labels: Labels, symbols: Symbols, metadata: MetricMetadata | undefined): Uint8Array {
  const refs: number[] = [];
  for (const [name, value] of labels.pairs()) refs.push(symbols.of(name), symbols.of(value));
  const writer = beginHead();
  writer.writeTag(1, BYTES);
  writer.writeVarint(refs.reduce((sum, ref) => sum + lengthOfVarint(ref), 0));
  for (const ref of refs) writer.writeVarint(ref);
  if (metadata) {
    const { type, help, unit } = metadata;
    writer.writeMessage(5, writeMetadata, {
      type: numberOfType(type),
      help: symbols.of(help),
      unit: symbols.of(unit),
    });
  }
  return writer.finish().slice();
}

interface MetadataRefs {
  readonly type: number;
  readonly help: number;
  readonly unit: number;
}

function writeMetadata({ type, help, unit }: MetadataRefs, writer?: PbfWriter): void {
  writer?.writeVarintField(1, type);
  writer?.writeVarintField(3, help);
  writer?.writeVarintField(4, unit);
}
