// Random scrapes of several streams that share series, with times of their own, ends, restarts, kills and maintenance between:
// the store keeps what a plain reference keeps, and a question that is read by parts sees one state of it.

import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScrapePart } from '../../src/model/scrape.js';
import type { SampleStore } from '../../src/tsdb/store.js';
import { randomFrom } from './random.js';
import { ReferenceStore, type ShownSample } from './reference-store.js';
import { FOREVER, matchers, printed, storeFixture } from './store-fixture.js';

const fixture = storeFixture();

const STREAMS = ['a', 'b', 'c', 'd'];
const OWN = 'own';
const ALL = matchers('__name__=~.+');
const HOUR = 3_600_000;
/** Compares series by series, so that what differs can be read. */
function expectSame(found: readonly string[], want: readonly string[]): void {
  const rest = new Set(want);
  const other = found.filter(each => !rest.delete(each));
  if (other.length === 0 && rest.size === 0) return;
  const [line = ''] = [...rest, ...other];
  const name = line.slice(0, line.indexOf(':'));
  const samplesOf = (lines: readonly string[]) =>
    lines.find(each => each.startsWith(`${name}:`))?.split(' ') ?? [];
  const [has, expected] = [samplesOf(found), samplesOf(want)];
  const at = expected.findIndex((each, i) => each !== has[i]);
  const start = at < 0 ? expected.length : at;
  expect([name, start, ...has.slice(start, start + 4)]).toEqual([
    name,
    start,
    ...expected.slice(start, start + 4),
  ]);
  expect(found).toHaveLength(want.length);
}

/** Scrapes of a run: some blocks of each stream. */
const STEPS = 1500;

class Run {
  readonly reference = new ReferenceStore();
  readonly random: () => number;
  store: SampleStore;
  /** The clock of the targets. */
  now = 1_000_000_000;
  /** Times that a question was interrupted. */
  pauses = 0;
  /** What each stream showed last, by source. */
  readonly #shown = new Map<string, string>();
  #kills = 0;
  #file = '';
  /** The monotonic clock goes on while it is looked at, so that questions are read by parts. */
  #elapsed = 0;

  constructor(seed: number) {
    this.random = randomFrom(seed);
    this.#file = fixture.file;
    this.store = this.#open();
  }

  #open(): SampleStore {
    return fixture.open({
      file: this.#file,
      clock: { now: () => this.now, elapsed: () => (this.#elapsed += 2) },
    });
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  /** A scrape of one of the streams; some come late or twice. */
  append(): void {
    this.now += 1 + this.below(2000);
    const isOwn = this.random() < 0.15;
    const stream = isOwn ? OWN : (STREAMS[this.below(STREAMS.length)] as string);
    const at = isOwn ? this.now : this.now - this.below(3000);
    const shown = this.#samples(stream, at);
    const tracks = stream === 'b';
    const result = this.reference.append(stream, at, shown, tracks);
    const scrape = { at, parts: [this.#part(stream, shown, tracks)], gone: [] };
    if (isOwn) this.store.append(scrape);
    else expect(this.store.appendStreams([{ stream, ...scrape }])).toEqual([result]);
  }

  /** Series of the stream's own, and some that others have, too. */
  #samples(stream: string, at: number): ShownSample[] {
    const shown: ShownSample[] = [];
    for (const series of ['always1', 'always2', 'x', 'y', 'z', 'shared1', 'shared2', 'timed']) {
      const isShared = series.startsWith('shared');
      const isAlways = series.startsWith('always');
      if (!isAlways && this.random() < (isShared ? 0.7 : 0.15)) continue;
      const name = isShared ? series : `${stream}_${series}`;
      const value = [0, 1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, -0][this.below(6)] as number;
      const isTimed = stream !== OWN && !isAlways && (series === 'timed' || this.random() < 0.05);
      shown.push({ series: name, value, ...(isTimed ? { time: at + this.#ownTime() } : {}) });
    }
    return shown;
  }

  #ownTime(): number {
    if (this.random() < 0.1) return this.random() < 0.5 ? -HOUR - 1 : 600_001;
    if (this.random() < 0.05) return this.random() < 0.5 ? -HOUR : 600_000 - this.below(595_000);
    return this.below(5000) - 4000;
  }

  #part(stream: string, shown: readonly ShownSample[], tracks: boolean): ScrapePart {
    const names = shown.map(({ series }) => series).join(' ');
    const isSame = this.#shown.get(stream) === names;
    this.#shown.set(stream, names);
    const layout = isSame ? {} : { layout: { series: shown.map(({ series }) => ['__name__', series]) } };
    const timed = shown.some(({ time }) => time !== undefined)
      ? { timestamps: shown.map(({ time }) => time ?? Number.NaN) }
      : {};
    return {
      source: 's',
      values: shown.map(({ value }) => value),
      keepsNaN: true,
      ...layout,
      ...timed,
      ...(tracks ? { tracksStaleness: true } : {}),
    };
  }

  end(): void {
    const stream = STREAMS[this.below(STREAMS.length)] as string;
    this.now += 4000;
    this.reference.endStream(stream, this.now);
    this.#shown.delete(stream);
    this.store.appendStreams([{ stream, at: this.now, parts: [], gone: [], ends: true }]);
    // What comes of it again is later.
    this.now += 4000;
  }

  restart(isKilled: boolean): void {
    if (isKilled) {
      const file = join(fixture.folder, `killed-${++this.#kills}.db`);
      for (const suffix of ['', '-wal'])
        if (existsSync(this.#file + suffix)) cpSync(this.#file + suffix, file + suffix);
      this.#file = file;
    } else this.store.close();
    this.reference.restart();
    this.#shown.clear();
    this.store = this.#open();
    // When the last scrape was is known as long as it is not in chunks.
    this.now += 4000;
  }

  maintain(): void {
    this.#elapsed += this.random() < 0.2 ? HOUR : 60_000;
    for (let turns = 0; this.store.maintain(this.#elapsed + 100); turns++)
      if (turns > 1000) throw new Error('never done');
  }

  /** All, and a window at random. */
  compare(): void {
    const to = this.now - this.below(2_000_000);
    for (const [from, until] of [
      [0, FOREVER],
      [to - this.below(1_000_000), to],
    ] as const) {
      expectSame(printed(this.store.select(ALL, from, until)), this.reference.printed(from, until));
      expectSame(printed(this.store.latest(ALL, from, until)), this.reference.printed(from, until, true));
    }
  }

  /** Scrapes come while a question is read. */
  compareByParts(): void {
    const want = this.reference.printed(0, FOREVER);
    const pause = () => {
      this.pauses++;
      for (let n = 0; n < 3; n++) this.append();
    };
    expectSame(printed(this.store.select(ALL, 0, FOREVER, 1e9, pause)), want);
  }
}

test.each([1, 2, 3, 4, 5, 6])('seed %d', seed => {
  const run = new Run(seed);
  for (let step = 0; step < STEPS; step++) {
    run.append();
    const dice = run.random();
    if (dice < 0.004) run.end();
    else if (dice < 0.008) run.restart(dice < 0.006);
    else if (dice < 0.05) run.maintain();
    else if (dice < 0.07) run.compare();
    else if (dice < 0.08) run.compareByParts();
  }
  run.compare();
  expect(run.pauses).toBeGreaterThan(0);
  expect(run.store.stats().chunks).toBeGreaterThan(20);
  run.restart(false);
  run.compare();
});
