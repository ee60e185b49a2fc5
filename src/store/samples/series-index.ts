// Which series have which labels. Comes in: series; goes out: those that satisfy matchers. Texts are kept once.

import { Labels } from '../../model/labels.js';
import type { Matcher } from '../../model/samples.js';
import { SeriesByLabels } from './series-by-labels.js';
import { StoredSeries } from './stored-series.js';

interface Posting {
  readonly value: string;
  series: StoredSeries[];
}

interface LabelName {
  readonly name: string;
  readonly values: Map<string, Posting>;
}

/** All series that have samples, by each of their labels. */
export class SeriesIndex {
  readonly #names = new Map<string, LabelName>();
  /** Lists of label names: few, and shared by many series. */
  readonly #columns = new Map<string, readonly string[]>();
  readonly #byLabels = new SeriesByLabels();

  /** Every series, in no order. */
  get all(): SeriesByLabels {
    return this.#byLabels;
  }

  /** A series not in the index yet, whose labels share their texts with others'. */
  make(labels: Labels): StoredSeries {
    const names = labels.names.map(name => this.#names.get(name)?.name ?? name);
    const values = labels.values.map(
      (value, i) => this.#names.get(names[i] as string)?.values.get(value)?.value ?? value,
    );
    const joined = names.join('\0');
    const columns = this.#columns.get(joined) ?? names;
    this.#columns.set(joined, columns);
    return new StoredSeries(Labels.sorted(columns, values));
  }

  /** Takes a series whose labels no other one has. @returns it */
  add(series: StoredSeries): StoredSeries {
    this.#byLabels.add(series);
    const { names, values } = series.labels;
    for (const [i, name] of names.entries()) {
      const label = this.#names.get(name) ?? { name, values: new Map<string, Posting>() };
      this.#names.set(name, label);
      const value = values[i] as string;
      const posting = label.values.get(value);
      if (posting) posting.series.push(series);
      else label.values.set(value, { value, series: [series] });
    }
    return series;
  }

  /** The series with exactly these labels. */
  find(labels: Labels): StoredSeries | undefined {
    return this.#byLabels.get(labels);
  }

  remove(gone: ReadonlySet<StoredSeries>): void {
    for (const series of gone) this.#byLabels.delete(series);
    for (const [name, { values }] of this.#names) {
      for (const [value, posting] of values) {
        posting.series = posting.series.filter(series => !gone.has(series));
        if (posting.series.length === 0) values.delete(value);
      }
      if (values.size === 0) this.#names.delete(name);
    }
  }

  /** Series that satisfy all matchers, in no order. */
  select(matchers: readonly Matcher[]): StoredSeries[] {
    const { base, rest } = this.#narrow(matchers);
    const tests = rest.map(tester);
    const found: StoredSeries[] = [];
    for (const series of base) if (tests.every(test => test(series))) found.push(series);
    return found;
  }

  /** The fewest series that one matcher alone leaves, and the matchers still to be asked. */
  #narrow(matchers: readonly Matcher[]): { base: Iterable<StoredSeries>; rest: readonly Matcher[] } {
    const equal = matchers.filter(({ op, value }) => op === '=' && value !== '');
    const lists = equal.map(matcher => ({
      matcher,
      series: this.#names.get(matcher.name)?.values.get(matcher.value)?.series ?? [],
    }));
    if (lists.length > 0) {
      const fewest = lists.reduce((a, b) => (b.series.length < a.series.length ? b : a));
      return { base: fewest.series, rest: matchers.filter(matcher => matcher !== fewest.matcher) };
    }
    const present = matchers.find(matcher => !matcher.matches(''));
    if (!present) return { base: this.#byLabels, rest: matchers };
    return { base: this.#matching(present), rest: matchers.filter(matcher => matcher !== present) };
  }

  *#matching(matcher: Matcher): Generator<StoredSeries> {
    for (const { value, series } of this.#names.get(matcher.name)?.values.values() ?? [])
      if (matcher.matches(value)) yield* series;
  }
}

/** A matcher that is asked once about each value: a regular expression takes longer than looking it up. */
function tester(matcher: Matcher): (series: StoredSeries) => boolean {
  const { name, op, value } = matcher;
  if (op === '=') return ({ labels }) => labels.get(name) === value;
  if (op === '!=') return ({ labels }) => labels.get(name) !== value;
  const known = new Map<string, boolean>();
  return ({ labels }) => {
    const text = labels.get(name);
    let matches = known.get(text);
    if (matches === undefined) {
      matches = matcher.matches(text);
      known.set(text, matches);
    }
    return matches;
  };
}
