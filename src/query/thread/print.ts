// Answers as the JSON of Prometheus' API. Comes in: a value or a list; goes out: the bytes of `data`, in pieces. Called
// in the query thread, so that the main thread has nothing to do but send them.
// Source: Prometheus, web/api/v1/json_codec.go and promql/value.go.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { QueryResult, ResultSeries } from '../../promql/evaluate.js';
import { formatDecimal } from '../../promql/number.js';
import type { FamilyMetadata } from '../engine.js';
import { JsonBytes } from './print/json-bytes.js';
import { TimeTexts } from './print/time-texts.js';

/** Bytes an answer may have: about seven million points. */
const LIMIT = 256 * 1024 * 1024;
/** Points printed between two checkpoints: a fraction of a millisecond. */
const CHECKPOINT_EVERY = 4096;
/** Bytes a point takes, commonly. */
const POINT_SIZE = 36;

/** JSON as bytes, each piece in an array of its own. */
export type Printed = readonly Uint8Array<ArrayBuffer>[];

/** An answer that is printed and nowhere sent yet. */
export interface PrintedAnswer {
  readonly data: Printed;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** What `stats` adds; times in milliseconds. */
export interface PrintedStats {
  readonly samples: number;
  readonly parsed: Millis;
  readonly evaluated: Millis;
  readonly waited: Millis;
}

interface PrintOptions {
  /** Called every fraction of a millisecond; throws to end it. */
  readonly checkpoint: () => void;
  readonly stats?: PrintedStats | undefined;
}

/** `{"resultType": ..., "result": ...}`. @throws TooLong */
export function printValue(answer: QueryResult, { checkpoint, stats }: PrintOptions): Printed {
  const json = new JsonBytes(LIMIT);
  json.raw(`{"resultType":"${answer.type}","result":`);
  if (answer.type === 'scalar') printAlone(json, answer.time, formatDecimal(answer.value));
  else if (answer.type === 'string') printAlone(json, answer.time, answer.value);
  else if (answer.type === 'vector') printVector(json, answer.series, checkpoint);
  else printMatrix(json, answer.series, checkpoint);
  if (stats) printStats(json, stats);
  json.raw('}');
  return json.finish();
}

/** Label sets as `series` shows them. @throws TooLong */
export function printLabelSets(sets: readonly Labels[], checkpoint: () => void): Printed {
  const json = new JsonBytes(LIMIT);
  json.raw('[');
  for (const [i, labels] of sets.entries()) {
    if (i > 0) json.raw(',');
    printLabels(json, labels);
    checkpoint();
  }
  json.raw(']');
  return json.finish();
}

/** Names or values, as `labels` shows them. @throws TooLong */
export function printTexts(texts: readonly string[]): Printed {
  const json = new JsonBytes(LIMIT);
  json.raw('[');
  for (const [i, text] of texts.entries()) {
    if (i > 0) json.raw(',');
    json.string(text);
  }
  json.raw(']');
  return json.finish();
}

/** Families by name, as `metadata` shows them. @throws TooLong */
export function printMetadata(
  families: Iterable<readonly [string, readonly FamilyMetadata[]]>,
): Uint8Array<ArrayBuffer> {
  const entries = [...families].map(([name, all]) => [
    name,
    all.map(({ type, help, unit }) => ({ type, help, unit })),
  ]);
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
}

function printAlone(json: JsonBytes, time: Millis, text: string): void {
  json.raw(`[${time / 1000},`);
  json.string(text);
  json.raw(']');
}

function printVector(json: JsonBytes, series: readonly ResultSeries[], checkpoint: () => void): void {
  json.raw('[');
  for (const [i, { labels, times, values }] of series.entries()) {
    json.raw(i > 0 ? ',{"metric":' : '{"metric":');
    printLabels(json, labels);
    json.raw(',"value":');
    json.point(times[0] as number, values[0] as number);
    json.raw('}');
    checkpoint();
  }
  json.raw(']');
}

function printMatrix(json: JsonBytes, series: readonly ResultSeries[], checkpoint: () => void): void {
  json.expect(POINT_SIZE * series.reduce((sum, { times }) => sum + times.length, 0));
  let texts: TimeTexts | undefined;
  json.raw('[');
  for (const [i, { labels, times, values }] of series.entries()) {
    json.raw(i > 0 ? ',{"metric":' : '{"metric":');
    printLabels(json, labels);
    json.raw(',"values":[');
    // Series often have the same times, which are then written once and copied.
    if (times !== texts?.times) texts = times === series[i + 1]?.times ? new TimeTexts(times) : undefined;
    for (let at = 0; at < times.length; at++) {
      if (texts) json.pointOf(texts, at, values[at] as number);
      else {
        if (at > 0) json.raw(',');
        json.point(times[at] as number, values[at] as number);
      }
      if (at % CHECKPOINT_EVERY === 0) checkpoint();
    }
    json.raw(']}');
    checkpoint();
  }
  json.raw(']');
}

function printLabels(json: JsonBytes, { names, values }: Labels): void {
  json.raw('{');
  for (let i = 0; i < names.length; i++) {
    if (i > 0) json.raw(',');
    json.string(names[i] as string);
    json.raw(':');
    json.string(values[i] as string);
  }
  json.raw('}');
}

/** The parts of Prometheus' statistics that mean something here; the others are 0, since clients expect them all. */
function printStats(json: JsonBytes, { samples, parsed, evaluated, waited }: PrintedStats): void {
  const timings = {
    evalTotalTime: evaluated / 1000,
    resultSortTime: 0,
    queryPreparationTime: parsed / 1000,
    innerEvalTime: evaluated / 1000,
    execQueueTime: waited / 1000,
    execTotalTime: (parsed + evaluated + waited) / 1000,
  };
  const counts = { totalQueryableSamples: samples, peakSamples: samples };
  json.raw(`,"stats":${JSON.stringify({ timings, samples: counts })}`);
}
