// Label sets that are equal in some of their labels, as numbers: a text for each of thousands of series would be most of
// what a query makes and throws away.

import { type Labels, restOf } from '../model/labels.js';

/** Which labels count: with `on` only these, without it all but these. */
export interface LabelChoice {
  readonly on: boolean;
  readonly labels: readonly string[];
}

const ALL: LabelChoice = { on: false, labels: [] };
/** FNV-1a's. */
const START = 0x811c9dc5;
const FACTOR = 0x01000193;

/** What counts of label sets with the same names. */
interface Shape {
  readonly names: readonly string[];
  readonly places: readonly number[];
  /** A number made of the names. */
  readonly hash: number;
}

/** One of the label sets that are a group. */
interface Member {
  readonly labels: Labels;
  readonly shape: Shape;
}

/** Groups of label sets; numbers begin with 0. */
export class LabelGroups {
  readonly #choice: LabelChoice;
  readonly #shapes = new Map<readonly string[], Shape>();
  /** The first of each group. */
  readonly #members: Member[] = [];
  /** Groups by a number made of what counts; a few share one. */
  readonly #byHash = new Map<number, number | number[]>();

  constructor(choice: LabelChoice = ALL) {
    this.#choice = choice;
  }

  /** How many groups there are. */
  get size(): number {
    return this.#members.length;
  }

  /** The number of a label set's group; the next one for the first of a group. */
  numberOf(labels: Labels): number {
    const member = { labels, shape: this.#shapeOf(labels.names) };
    const hash = hashOf(member);
    const found = this.#byHash.get(hash);
    if (found === undefined) {
      this.#byHash.set(hash, this.size);
      return this.#members.push(member) - 1;
    }
    if (typeof found === 'number') {
      if (isSame(this.#members[found] as Member, member)) return found;
      this.#byHash.set(hash, [found, this.size]);
      return this.#members.push(member) - 1;
    }
    const known = found.find(group => isSame(this.#members[group] as Member, member));
    if (known !== undefined) return known;
    found.push(this.size);
    return this.#members.push(member) - 1;
  }

  #shapeOf(names: readonly string[]): Shape {
    const known = this.#shapes.get(names);
    if (known) return known;
    const rest = restOf(names, this.#choice.labels, this.#choice.on);
    const shape = { names: rest.names, places: rest.places, hash: rest.names.reduce(withText, START) };
    this.#shapes.set(names, shape);
    return shape;
  }
}

function hashOf({ labels, shape }: Member): number {
  let hash = shape.hash;
  for (const place of shape.places) hash = withText(hash, labels.values[place] as string);
  return hash;
}

function withText(start: number, text: string): number {
  // The length keeps `ab`, `c` apart from `a`, `bc`.
  let hash = Math.imul(start ^ text.length, FACTOR);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FACTOR);
  return hash;
}

function isSame(a: Member, b: Member): boolean {
  const { names, places } = a.shape;
  const others = b.shape;
  if (names.length !== others.names.length) return false;
  if (names !== others.names && names.some((name, i) => name !== others.names[i])) return false;
  return places.every((place, i) => a.labels.values[place] === b.labels.values[others.places[i] as number]);
}
