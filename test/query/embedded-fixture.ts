// Embedded engines with their real thread, and scrapes of a counter for them.

import { join } from 'node:path';
import type { Scrape } from '../../src/model/scrape.js';
import { wholeOf } from '../../src/query/chunked-answer.js';
import { EmbeddedEngine, type EmbeddedOptions } from '../../src/query/embedded.js';
import { type ApiQuery, QueryError } from '../../src/query/engine.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST } from '../support/monitor.js';

export const BEGIN = 1_700_000_000_000;
export const STEP = 30_000;
export const SCRAPES = 40;
export const END = BEGIN + (SCRAPES - 1) * STEP;
export const SERIES = 20;
export const PATIENCE = { timeout: 60_000, interval: 10 };
/** Seconds of work, and small in memory. */
export const HEAVY: ApiQuery = {
  type: 'query_range',
  query: 'quantile_over_time(0.5, c[20m:100ms])',
  start: BEGIN,
  end: END,
  step: 117,
};
/** Steps of 117 ms over all scrapes. */
export const STEPS = 10_001;
/** More memory than there is: each of these doubles a label's value. */
export const DEADLY: ApiQuery = {
  type: 'query',
  query: Array.from({ length: 23 }).reduce<string>(
    inner => `label_join(${inner}, "x", "", "x", "x")`,
    'label_replace(c, "x", "y", "", "")',
  ),
  time: END,
};
export const COUNT: ApiQuery = { type: 'query', query: 'count(c)', time: END };

/** Engines of the current test in a folder of their own. */
export interface EngineFixture {
  folder: string;
  open(more?: Partial<EmbeddedOptions>): EmbeddedEngine;
  /** Makes the folder. */
  begin(): void;
  /** Closes all engines and removes the folder. */
  end(): Promise<void>;
}

export function engineFixture(): EngineFixture {
  const engines: EmbeddedEngine[] = [];
  const fixture: EngineFixture = {
    folder: '',
    open(more = {}) {
      const engine = new EmbeddedEngine({
        file: join(fixture.folder, 'samples.db'),
        retention: 100 * 365 * 86_400_000,
        maxBytes: 0,
        timeout: 60_000,
        limits: { maxSamples: 20_000_000, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
        metadata: () => [
          { name: 'up', type: 'gauge', help: 'Is it "up"?', unit: '' },
          { name: 'down_total', type: 'counter', help: 'How often.', unit: '' },
        ],
        log: () => {},
        threadFile: new URL('query/thread/thread.js', DIST),
        ...more,
      });
      engines.push(engine);
      return engine;
    },
    begin() {
      fixture.folder = makeFolder('query');
    },
    async end() {
      for (const engine of engines.splice(0)) await engine.close();
      removeFolder(fixture.folder);
    },
  };
  return fixture;
}

/** Scrape number `k`: series `i` of the counter is at `i * k`. */
export function scrape(k: number): Scrape {
  const values = Float64Array.from({ length: SERIES }, (_, i) => i * k);
  const series = Array.from({ length: SERIES }, (_, i) => ['__name__', 'c', 'i', String(i).padStart(2, '0')]);
  return { at: BEGIN + k * STEP, gone: [], parts: [{ source: 's', layout: { series }, values }] };
}

/** What series `i` shows at a moment, Unix seconds. */
export function valueAt(i: number, at: number): string {
  return String(i * Math.floor((at * 1000 - BEGIN) / STEP + 1e-6));
}

export async function fill(engine: EmbeddedEngine): Promise<void> {
  await Promise.all(Array.from({ length: SCRAPES }, (_, k) => engine.append(scrape(k))));
}

export async function ask(engine: EmbeddedEngine, question: ApiQuery): Promise<string> {
  return (await wholeOf((await engine.answer(question)).data)).toString('utf8');
}

export async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => new Error('it was answered'),
    thrown => thrown,
  );
  return error instanceof QueryError ? `${error.type}: ${error.message}` : `not a QueryError: ${error}`;
}
