// A small history of two series with a gap and a rise, and what is in a store.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Labels } from '../../../src/model/labels.js';
import type { LabelMatcher, Series } from '../../../src/model/samples.js';
import { importOpenMetrics } from '../../../src/tsdb/import/import.js';
import { SampleStore } from '../../../src/tsdb/store.js';

export const START = Date.UTC(2026, 0, 5);
export const MINUTE = 60_000;
export const MINUTES = 240;

/** One sample. */
export interface Point {
  readonly target: string;
  readonly at: number;
  readonly value: number;
}

/** A minute apart; `b` is away from minute 60 to 75, `a` is high from minute 120 to 150. */
export function points(): Point[] {
  const all: Point[] = [];
  for (let minute = 0; minute <= MINUTES; minute++) {
    const at = START + minute * MINUTE;
    const noise = (minute * 7919) % 13;
    all.push({ target: 'a', at, value: noise + (minute >= 120 && minute < 150 ? 100 : 0) });
    if (minute < 60 || minute >= 75) all.push({ target: 'b', at, value: 2 * noise });
  }
  return all;
}

/** As an OpenMetrics file's text. @param by added to every time */
export function openMetrics(all: readonly Point[], by = 0): string {
  const sorted = [...all].sort((x, y) => (x.target < y.target ? -1 : x.target > y.target ? 1 : x.at - y.at));
  const lines = sorted.map(
    ({ target, at, value }) => `load{target="${target}"} ${value} ${(at + by) / 1000}`,
  );
  return `# TYPE load gauge\n${lines.join('\n')}\n# EOF\n`;
}

/** Puts points into the database. */
export async function fill(db: string, all: readonly Point[], by = 0): Promise<void> {
  mkdirSync(dirname(db), { recursive: true });
  const file = join(dirname(db), 'history.om');
  writeFileSync(file, openMetrics(all, by));
  await importOpenMetrics(file, db);
}

export const labelsOf = (target: string): Labels =>
  Labels.of([
    ['__name__', 'load'],
    ['target', target],
  ]);

const ALL: LabelMatcher[] = [{ name: '__name__', op: '!=', value: '', matches: value => value !== '' }];

/** Everything in a store: `series: minute=value ... | minutes at which it ended`. */
export function contents(db: string, step = MINUTE): Record<string, string> {
  const store = new SampleStore({ file: db, retention: 1e15, log: () => {} });
  try {
    return Object.fromEntries(
      store.select(ALL, -1e15, 1e15).map(each => [`${each.labels}`, textOf(each, step)]),
    );
  } finally {
    store.close();
  }
}

function textOf({ times, values, ends }: Series, step: number): string {
  const place = (at: number) => (at - START) / step;
  const samples = [...times].map((at, i) => `${place(at)}=${values[i]}`).join(' ');
  return ends.length === 0 ? samples : `${samples} | ${[...ends].map(place).join(' ')}`;
}
