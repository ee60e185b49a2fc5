// A sample store in a folder of its own for each test, with short texts for scrapes, matchers and what a query selects.

import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { LabelMatcher, Series } from '../../src/model/samples.js';
import { SampleStore } from '../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../support/child.js';

export const FOREVER = 1e15;

/** State of the current test; a test may set `now`. */
export interface StoreFixture {
  folder: string;
  file: string;
  logged: [level: string, message: string][];
  now: number;
  /** Open stores; closed after the test. */
  readonly stores: SampleStore[];
  readonly open: (options?: Partial<ConstructorParameters<typeof SampleStore>[0]>) => SampleStore;
  /** Runs maintenance until there is none left. */
  readonly whileBusy: (store: SampleStore) => void;
}

/** Registers hooks that make and remove the folder: call it once, at the top of a test file. */
export function storeFixture(): StoreFixture {
  const stores: SampleStore[] = [];
  const fixture: StoreFixture = {
    folder: '',
    file: '',
    logged: [],
    now: 0,
    stores,
    open: (options = {}) => {
      const store = new SampleStore({
        file: fixture.file,
        retention: FOREVER,
        log: (level, message) => fixture.logged.push([level, message]),
        clock: { now: () => fixture.now, elapsed: () => fixture.now },
        ...options,
      });
      stores.push(store);
      return store;
    },
    whileBusy: store => {
      for (let turns = 0; store.maintain(fixture.now + 1); turns++)
        if (turns > 1000) throw new Error('never done');
    },
  };
  beforeEach(() => {
    fixture.folder = makeFolder('samples');
    fixture.file = join(fixture.folder, 'data/samples.db');
    fixture.logged = [];
    fixture.now = 1_700_000_000_000;
  });
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    removeFolder(fixture.folder);
  });
  return fixture;
}

export const matchers = (text: string): LabelMatcher[] =>
  text.split(' ').map(each => {
    const [, name = '', op, value = ''] = /^(\w+)(=~|!~|!=|=)(.*)$/.exec(each) ?? [];
    const isMatch = (tested: string) =>
      op === '=' || op === '!=' ? tested === value : new RegExp(`^(?:${value})$`).test(tested);
    const isNegative = op === '!=' || op === '!~';
    return { name, op: op as LabelMatcher['op'], value, matches: tested => isMatch(tested) !== isNegative };
  });

/** `a{x="1"}: 1@10 2@20 end@30` for each series. */
export function printed(found: readonly Series[]): string[] {
  return found.map(({ labels, times, values, ends }) => {
    const samples = [...times].map((at, i): [number, string] => [at, `${values[i]}@${at}`]);
    const all = [...samples, ...[...ends].map((at): [number, string] => [at, `end@${at}`])];
    return `${labels}: ${all
      .sort((a, b) => a[0] - b[0])
      .map(each => each[1])
      .join(' ')}`;
  });
}

export const select = (store: SampleStore, text = '__name__=~.+', from = 0, to = FOREVER) =>
  printed(store.select(matchers(text), from, to));

/** `name x=1` as a layout's entry. */
export function flat(text: string): string[] {
  const [name = '', ...labels] = text.split(' ');
  return [['__name__', name], ...labels.map(each => each.split('='))].flat();
}

/** A scrape of one source with a layout. */
export const scrape = (at: number, values: Record<string, number>, source = 's') => ({
  at,
  parts: [
    {
      source,
      layout: { series: Object.keys(values).map(flat) },
      values: Float64Array.from(Object.values(values)),
    },
  ],
  gone: [],
});

/** As many scrapes of a counter and a constant, a second apart. */
export function fill(
  store: SampleStore,
  from: number,
  to: number,
  jitter: (n: number) => number = () => 0,
): void {
  for (let n = from; n <= to; n++) store.append(scrape(n * 1000 + jitter(n), { 'a x=1': n * 3, b: 7 }));
}

export const lineOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${(from + i) * 3}@${(from + i) * 1000}`).join(' ');
