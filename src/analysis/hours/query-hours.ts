// Asks the query engine for the figures of some hours, so many services at a time that no question is a large one. Comes in:
// hours; goes out: a block that has them.

import { formatDuration } from '../../model/duration.js';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Engine } from '../asking.js';
import * as measures from '../measures.js';
import { downBy } from '../outages.js';
import { CLUSTER, HOUR, HourBlock } from './block.js';
import {
  BUCKET_PREFIX,
  bucketFigure,
  clusterFigures,
  type ServiceFigure,
  type ServiceFigureName,
  serviceFigures,
} from './figures.js';

/** Samples that a question reads, about: others' long queries wait for its end. */
export const MAX_SAMPLES = 1_000_000;
/** Of a series, at the scrape interval that the monitor has by default. */
const SAMPLES_AN_HOUR = 240;

/** Hours of one block that follow each other. */
export interface HourRun {
  /** Of the block. */
  readonly start: Millis;
  /** The first hour, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** Where the last hour ends, which may be before it is over. */
  readonly to: Millis;
}

/** @param services how many there are, about @param most samples a question, about @throws QueryError */
export async function queryHours(
  engine: Engine,
  run: HourRun,
  services: number,
  most: number,
): Promise<HourBlock> {
  const queries = new HourQueries(engine, run, most);
  const { ids, samplesAnHour } = await queries.servicesSeen(services);
  if (ids.length > 0) await queries.queryAll(ids, samplesAnHour);
  return queries.block;
}

type Note = (labels: Labels, hour: number, value: number) => void;

class HourQueries {
  readonly block: HourBlock;
  readonly #engine: Engine;
  readonly #run: HourRun;
  readonly #from: Millis;
  readonly #most: number;

  constructor(engine: Engine, run: HourRun, most: number) {
    this.#engine = engine;
    this.#run = run;
    this.#most = most;
    this.#from = run.start + run.first * HOUR;
    this.block = new HourBlock(run.start);
  }

  /** Services that were seen in the run, and how many samples a series has in an hour. */
  async servicesSeen(
    expected: number,
  ): Promise<{ readonly ids: readonly string[]; readonly samplesAnHour: number }> {
    const { to } = this.#run;
    const span = Math.max(1, Math.floor(this.#most / (Math.max(1, expected) * SAMPLES_AN_HOUR))) * HOUR;
    const ids = new Set<string>();
    let samplesAnHour = 0;
    for (let from = this.#from; from < to; from += span) {
      const end = Math.min(from + span, to);
      const { samples } = await this.#engine.instant(measures.seen(formatDuration(end - from)), end);
      for (const { labels, value } of samples) {
        ids.add(labels.get('target'));
        samplesAnHour = Math.max(samplesAnHour, value / Math.max(1, (end - from) / HOUR));
      }
    }
    return { ids: [...ids], samplesAnHour };
  }

  async queryAll(ids: readonly string[], samplesAnHour: number): Promise<void> {
    const { first, end } = this.#run;
    const fitting = (series: number) => this.#most / (samplesAnHour * (end - first) * series);
    // All figures of some services before the next ones: several read the same samples.
    for (const some of batches(ids, fitting(2))) {
      const ask = async ({ measure, series }: ServiceFigure, note: Note) => {
        for (const few of batches(some, fitting(series))) {
          const targets = few.length === ids.length ? undefined : few;
          await this.#ask(window => measure(window, targets), note);
        }
      };
      for (const [name, figure] of Object.entries(serviceFigures))
        await ask(figure, (labels, hour, value) => this.block.set(name, labels.get('target'), hour, value));
      await ask(bucketFigure, (labels, hour, value) => {
        const name = BUCKET_PREFIX + labels.get('le');
        // Most buckets are empty, and without a value they are so too.
        if (value === 0) this.block.name(name);
        else this.block.set(name, labels.get('target'), hour, value);
      });
    }
    for (const [name, query] of Object.entries(clusterFigures))
      await this.#ask(query, (_, hour, value) => this.block.set(name, CLUSTER, hour, value));
    await this.#askOutages(fitting(1));
  }

  async #ask(query: (window: string) => string, note: Note): Promise<void> {
    const { start, end, to } = this.#run;
    const full = Math.floor((to - start) / HOUR);
    if (start + full * HOUR > this.#from) {
      const grid = { from: this.#from + HOUR, to: start + full * HOUR, step: HOUR };
      const { series } = await this.#engine.range(query('1h'), grid);
      for (const { labels, times, values } of series)
        times.forEach((time, i) => {
          const value = values[i] as number;
          if (Number.isFinite(value)) note(labels, Math.round((time - start) / HOUR) - 1, value);
        });
    }
    if (full >= end) return;
    // Asked at its full length, it would have samples of the future by the time of the next question.
    const { samples } = await this.#engine.instant(query(formatDuration(to - start - full * HOUR)), to);
    for (const { labels, value } of samples) if (Number.isFinite(value)) note(labels, full, value);
  }

  /** When services were down: looked at closely in the hours in which they were. */
  async #askOutages(fitting: number): Promise<void> {
    const { start, first, end, to } = this.#run;
    for (let hour = first; hour < end; hour++) {
      const ids = this.block.ids.filter(id => this.#isDown(id, hour));
      const span = { from: start + hour * HOUR, to: Math.min(start + (hour + 1) * HOUR, to) };
      for (const few of batches(ids, fitting * (end - first))) {
        const found = await downBy(this.#engine, span, few);
        for (const [id, outages] of found)
          for (const each of outages) this.block.addOutage(id, { hour, ...each });
      }
    }
  }

  #isDown(id: string, hour: number): boolean {
    const of = (name: ServiceFigureName) => this.block.values(name, id)?.[hour] || 0;
    return of('seen') - of('plannedSeen') > of('up') - of('plannedUp');
  }
}

function* batches<Each>(all: readonly Each[], size: number): Generator<readonly Each[]> {
  const whole = Math.max(1, Math.floor(size));
  for (let at = 0; at < all.length; at += whole) yield all.slice(at, at + whole);
}
