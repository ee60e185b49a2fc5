// Reads series by parts, so that others have their turn in between. Comes in: matchers and a window of time; goes out: the
// series, as if they had been read at once.

import type { LabelMatcher, Series } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import type { SampleFile } from './file.js';
import type { LabelledSeries } from './index/known-selections.js';
import { type Progress, type SelectedSeries, Selection, type SeriesOf, type Wanted } from './selection.js';
import type { Seen, WindowReader } from './window-reader.js';

/** Times that reading by parts is begun. A file that is only read may be loaded again at every part. */
const ATTEMPTS = 3;
/** Reading goes on for so long before others may have their turn. */
const SLICE: Millis = 5;

/** What is read, and how it changes. */
interface PartSource {
  /** Runs an action on the file, undefined where there is none. @throws the disk's error */
  read<T>(action: (file: SampleFile | undefined) => T): T;
  reader(file: SampleFile | undefined, from: Millis, seen: Seen): WindowReader;
  /** Changes when numbers of series become those of others. */
  generation(): number;
  progress(): Progress;
  /** The monotonic clock. */
  elapsed(): Millis;
}

/** What is to be read, as it was when the reading was begun. */
interface BegunSelection {
  readonly selection: Selection;
  readonly matching: readonly LabelledSeries[];
  readonly seriesOf: SeriesOf;
  readonly generation: number;
}

/** Reads one source. */
export class PartReader {
  readonly #source: PartSource;
  /** Readings by parts that are begun. */
  #begun = 0;

  /** Whether something is read by parts: until it is, samples are to stay where they are. */
  get isReading(): boolean {
    return this.#begun > 0;
  }

  constructor(source: PartSource) {
    this.#source = source;
  }

  /**
   * As the interface says; series are left out as soon as those before them have more than `limit` samples together.
   * @param pause called every few milliseconds: scrapes may be kept in it and other windows read, which changes nothing here
   * @throws the disk's error, what `pause` throws; what a damaged file held is gone, and it is answered from what there is.
   */
  select(
    matchers: readonly LabelMatcher[],
    from: Millis,
    to: Millis,
    limit = Number.POSITIVE_INFINITY,
    pause?: () => void,
  ): Series[] {
    return this.#readByParts({ matchers, from, to, pause, isLatest: false }, () => {
      let left = limit;
      return (reader, each) => {
        if (left < 0) return undefined;
        const series = reader.all(each);
        left -= series?.values.length ?? 0;
        return series;
      };
    });
  }

  /** As the interface says; `pause` as in {@link select}. @throws the disk's error, what `pause` throws */
  latest(matchers: readonly LabelMatcher[], from: Millis, to: Millis, pause?: () => void): Series[] {
    return this.#readByParts(
      { matchers, from, to, pause, isLatest: true },
      () => (reader, each) => reader.last(each),
    );
  }

  /** @param begin what makes a series for the reader, from the first one on */
  #readByParts(wanted: Wanted, begin: () => SeriesOf): Series[] {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.#begun++;
      try {
        const found = this.#tryByParts(wanted, begin);
        if (found) return found;
      } finally {
        this.#begun--;
      }
    }
    return this.#readAtOnce(wanted, begin());
  }

  /** Others have to wait, but what changes meanwhile cannot keep it from coming to an end. */
  #readAtOnce({ from, to, matchers, isLatest }: Wanted, seriesOf: SeriesOf): Series[] {
    return this.#source.read(file => {
      const reader = this.#source.reader(file, from, all(to));
      return reader.matching(matchers, isLatest).flatMap(each => seriesOf(reader, each) ?? []);
    });
  }

  /** @returns undefined when the series are others than they were, and it has to begin again */
  #tryByParts(wanted: Wanted, begin: () => SeriesOf): Series[] | undefined {
    // With its first part at once: most have no other, and each reading asks whether another process has written.
    const begun = this.#source.read(file => this.#beginWith(file, wanted, begin()));
    const { selection, matching, generation } = begun;
    while (selection.next < matching.length) {
      wanted.pause?.();
      if (this.#source.generation() !== generation) return undefined;
      const seen = selection.seen(this.#source.progress());
      if (seen === undefined) return undefined;
      selection.add(this.#source.read(file => this.#part(file, wanted, begun, seen)));
    }
    return selection.found;
  }

  #beginWith(file: SampleFile | undefined, wanted: Wanted, seriesOf: SeriesOf): BegunSelection {
    const begun = this.#start(file, wanted, seriesOf);
    begun.selection.add(this.#part(file, wanted, begun, all(wanted.to)));
    return begun;
  }

  #start(file: SampleFile | undefined, wanted: Wanted, seriesOf: SeriesOf): BegunSelection {
    const selection = new Selection(wanted, this.#source.progress());
    const { from, to, matchers, isLatest } = wanted;
    const reader = selection.readerOf(file, all(to), () => this.#source.reader(file, from, all(to)));
    const matching = reader.matching(matchers, isLatest);
    return { selection, matching, seriesOf, generation: this.#source.generation() };
  }

  #part(
    file: SampleFile | undefined,
    { from }: Wanted,
    { selection, matching, seriesOf }: BegunSelection,
    seen: Seen,
  ): SelectedSeries {
    const deadline = this.#source.elapsed() + (selection.mayPause ? SLICE : Number.POSITIVE_INFINITY);
    const reader = selection.readerOf(file, seen, () => this.#source.reader(file, from, seen));
    const read = () =>
      selection.part(
        matching,
        each => seriesOf(reader, each),
        () => this.#source.elapsed() >= deadline,
      );
    return file ? file.reading(read) : read();
  }
}

const all = (to: Millis): Seen => ({ to, upTo: Number.POSITIVE_INFINITY });
