// Labels as numbers: `job="a"` is one, however many series have it.

interface LabelName {
  readonly name: string;
  readonly values: Map<string, LabelPair>;
}

/** A label's name and value. */
interface LabelPair {
  readonly name: string;
  readonly value: string;
  readonly number: number;
  /** Label sets it is in. */
  uses: number;
}

/** Label pairs that are in use. Numbers start with 1; 0 is no pair. */
export class LabelPairs {
  readonly #names = new Map<string, LabelName>();
  readonly #pairs: (LabelPair | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** The number of a pair, made if there is none yet, and used once more from now on. */
  use(name: string, value: string): number {
    const label = this.#names.get(name) ?? { name, values: new Map() };
    if (label.values.size === 0) this.#names.set(name, label);
    const pair = label.values.get(value) ?? this.#make(label, value);
    pair.uses++;
    return pair.number;
  }

  #make(label: LabelName, value: string): LabelPair {
    const number = this.#free.pop() ?? this.#pairs.length;
    const pair = { name: label.name, value, number, uses: 0 };
    this.#pairs[number] = pair;
    label.values.set(value, pair);
    return pair;
  }

  /** A label set less has the pair; with the last one it goes. */
  release(number: number): void {
    const pair = this.at(number);
    if (--pair.uses > 0) return;
    const label = this.#names.get(pair.name);
    label?.values.delete(pair.value);
    if (label?.values.size === 0) this.#names.delete(pair.name);
    this.#pairs[number] = undefined;
    this.#free.push(number);
  }

  /** The pair of a number in use. */
  at(number: number): LabelPair {
    return this.#pairs[number] as LabelPair;
  }

  /** The number of a pair; 0 when no label set has it. */
  find(name: string, value: string): number {
    return this.#names.get(name)?.values.get(value)?.number ?? 0;
  }

  /** All values of a label. */
  named(name: string): Iterable<LabelPair> {
    return this.#names.get(name)?.values.values() ?? [];
  }
}
