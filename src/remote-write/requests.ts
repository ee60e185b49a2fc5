// A window of samples divided into requests. Comes in: samples in the order in which they were stored; goes out: for each shard
// the requests that it sends one after the other, so that samples of a series stay in order. The same window is always divided in
// the same way: after a crash a receiver gets the requests that it may have taken already, and none that are half of them.

import { Labels } from '../model/labels.js';
import type { LabelledWindow } from '../query/queue-protocol.js';
import { compileRelabel, type Relabel } from '../relabel/relabel.js';
import type { RemoteWriteConfig } from './config/definition.js';
import type { MessageEncoder, SeriesSamples } from './message/message.js';

/** What the requests are made with. */
export interface Division {
  readonly minShards: number;
  readonly maxShards: number;
  readonly maxSamplesPerSend: number;
}

/** A division as the position of the queue keeps it. */
export function textOfDivision({ minShards, maxShards, maxSamplesPerSend }: Division): string {
  return `${minShards} ${maxShards} ${maxSamplesPerSend}`;
}

/** The other end of {@link textOfDivision}; undefined for what is none. */
export function parseDivision(text: string): Division | undefined {
  const [minShards, maxShards, maxSamplesPerSend] = text.split(' ').map(Number) as [number, number, number];
  return minShards >= 1 && maxShards >= minShards && maxSamplesPerSend >= 1
    ? { minShards, maxShards, maxSamplesPerSend }
    : undefined;
}

/** One request: places of its samples in the window, by series. */
export interface RequestSamples {
  readonly series: readonly SeriesSamples<unknown>[];
  readonly count: number;
}

/** How many shards a number of samples is worth. */
export function shardsFor(samples: number, { minShards, maxShards, maxSamplesPerSend }: Division): number {
  return Math.min(maxShards, Math.max(minShards, Math.ceil(samples / maxSamplesPerSend)));
}

/** The series of one receiver, as they are sent: with external labels, relabelled, some of them not at all. */
export class SentSeries {
  readonly #encoder: MessageEncoder;
  readonly #relabel: Relabel;
  readonly #external: readonly (readonly [string, string])[];
  /** By id; undefined when it is not sent. */
  readonly #prepared = new Map<number, { readonly series: unknown } | undefined>();
  #generation = 0;

  constructor(
    { relabelConfigs }: Pick<RemoteWriteConfig, 'relabelConfigs'>,
    encoder: MessageEncoder,
    externalLabels: Readonly<Record<string, string>>,
  ) {
    this.#encoder = encoder;
    this.#relabel = compileRelabel(relabelConfigs);
    this.#external = Object.entries(externalLabels);
  }

  /** Forgets series whose numbers may be those of others. */
  setGeneration(generation: number): void {
    if (generation !== this.#generation) this.#prepared.clear();
    this.#generation = generation;
  }

  /** @param labelsOf the labels that it has here */
  of(id: number, labelsOf: (id: number) => Labels | undefined): { readonly series: unknown } | undefined {
    const known = this.#prepared.get(id);
    if (known || this.#prepared.has(id)) return known;
    const labels = labelsOf(id);
    const prepared = labels && this.prepare(labels);
    this.#prepared.set(id, prepared);
    return prepared;
  }

  /** One that has no number. @returns undefined when it is not sent */
  prepare(labels: Labels): { readonly series: unknown } | undefined {
    const sent = this.#relabel(this.#withExternal(labels));
    return sent && sent.names.length > 0 ? { series: this.#encoder.prepare(sent) } : undefined;
  }

  /** A label of the series' own wins. */
  #withExternal(labels: Labels): Labels {
    const added = this.#external.filter(([name]) => !labels.has(name));
    return added.length === 0 ? labels : Labels.of([...labels.pairs(), ...added]);
  }
}

/** Divides a window. @param seriesOf a series as it is sent; undefined when it is not @returns requests by shard, and what is left out */
export function divide(
  { ids }: Pick<LabelledWindow, 'ids'>,
  division: Division,
  seriesOf: (id: number) => { readonly series: unknown } | undefined,
): { readonly shards: readonly (readonly RequestSamples[])[]; readonly dropped: number } {
  const count = shardsFor(ids.length, division);
  const shards = Array.from({ length: count }, () => new ShardRequests(division.maxSamplesPerSend));
  let dropped = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    const sent = seriesOf(id);
    if (sent) (shards[id % count] as ShardRequests).add(id, sent.series, i);
    else dropped++;
  }
  return { shards: shards.map(shard => shard.requests).filter(requests => requests.length > 0), dropped };
}

/** The requests of one shard. */
class ShardRequests {
  readonly requests: { series: { series: unknown; samples: number[] }[]; count: number }[] = [];
  readonly #max: number;
  #places = new Map<number, { series: unknown; samples: number[] }>();

  constructor(max: number) {
    this.#max = max;
  }

  add(id: number, series: unknown, sample: number): void {
    let request = this.requests.at(-1);
    if (!request || request.count >= this.#max) {
      request = { series: [], count: 0 };
      this.requests.push(request);
      this.#places = new Map();
    }
    request.count++;
    const known = this.#places.get(id);
    if (known) {
      known.samples.push(sample);
      return;
    }
    const added = { series, samples: [sample] };
    this.#places.set(id, added);
    request.series.push(added);
  }
}
