// Label sets: as text, and as a series' identity.

/** The label that holds a series' metric name. */
export const METRIC_NAME = '__name__';

/** Escapes a label value as Prometheus' text format wants it. */
export function escapeLabelValue(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;
}

/** `{a="1",b="2"}`, or nothing without labels. */
export function formatLabels(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  let text = '{';
  for (let i = 0; i < names.length; i++) {
    text += `${i > 0 ? ',' : ''}${names[i]}="${escapeLabelValue(values[i] ?? '')}"`;
  }
  return `${text}}`;
}

/**
 * An immutable label set, sorted by name; an empty value is an absent label, as in Prometheus' data model. The metric
 * name is the label `__name__`.
 */
export class Labels {
  readonly names: readonly string[];
  readonly values: readonly string[];
  #key: string | undefined;

  private constructor(names: readonly string[], values: readonly string[]) {
    this.names = names;
    this.values = values;
  }

  /** The empty label set. */
  static get NONE(): Labels {
    return none;
  }

  /** From pairs in any order; of a name given twice the last one counts. */
  static of(pairs: Iterable<readonly [string, string]> | Readonly<Record<string, string>>): Labels {
    if (!(Symbol.iterator in pairs)) return ofRecord(pairs as Readonly<Record<string, string>>);
    const map = new Map(pairs);
    const names = shared([...map.keys()].filter(name => map.get(name) !== '').sort());
    return new Labels(
      names,
      names.map(name => map.get(name) as string),
    );
  }

  /** From columns already sorted by name and without empty values. */
  static sorted(names: readonly string[], values: readonly string[]): Labels {
    return new Labels(names, values);
  }

  /** A label's value; empty when it is absent. */
  get(name: string): string {
    const at = this.names.indexOf(name);
    return at < 0 ? '' : (this.values[at] as string);
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** Equal for equal label sets and for no others; not for printing. */
  get key(): string {
    this.#key ??= this.#makeKey();
    return this.#key;
  }

  /** This set with one label replaced; an empty value takes it away. */
  with(name: string, value: string): Labels {
    if (value === '') return this.without([name]);
    const at = this.names.indexOf(name);
    if (at >= 0)
      return this.values[at] === value ? this : new Labels(this.names, this.values.with(at, value));
    const { names, place } = extended(this.names, name);
    return new Labels(names, this.values.toSpliced(place, 0, value));
  }

  /** This set without some labels. */
  without(names: readonly string[]): Labels {
    return this.#only(restOf(this.names, names, false));
  }

  /** Only some labels of this set. */
  keep(names: readonly string[]): Labels {
    return this.#only(restOf(this.names, names, true));
  }

  withoutName(): Labels {
    return this.without(JUST_NAME);
  }

  *pairs(): Generator<readonly [string, string]> {
    for (const [i, name] of this.names.entries()) yield [name, this.values[i] as string];
  }

  /** As Prometheus prints a series: `name{a="1", b="2"}`. */
  toString(): string {
    const own = [...this.pairs()].filter(([name]) => name !== METRIC_NAME);
    const name = this.get(METRIC_NAME);
    if (own.length === 0 && name !== '') return name;
    const text = own.map(([key, value]) => `${key}="${escapeLabelValue(value)}"`).join(', ');
    return `${name}{${text}}`;
  }

  toJSON(): Record<string, string> {
    const record: Record<string, string> = {};
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i] as string;
      // An assignment would change what kind of object it is.
      if (name === '__proto__') return Object.fromEntries(this.pairs());
      record[name] = this.values[i] as string;
    }
    return record;
  }

  #only({ names, places }: Rest): Labels {
    if (names.length === this.names.length) return this;
    const values = new Array<string>(names.length);
    for (let i = 0; i < places.length; i++) values[i] = this.values[places[i] as number] as string;
    return new Labels(names, values);
  }

  #makeKey(): string {
    let key = '';
    for (let i = 0; i < this.names.length; i++) key += `${part(this.names[i])}\0${part(this.values[i])}\0`;
    return key;
  }
}

/** Without a map between: alerts come many at a time. */
function ofRecord(record: Readonly<Record<string, string>>): Labels {
  const names = shared(
    Object.keys(record)
      .filter(name => record[name] !== '')
      .sort(),
  );
  return Labels.sorted(
    names,
    names.map(name => record[name] as string),
  );
}

const none = Labels.sorted([], []);
const JUST_NAME = [METRIC_NAME];

/** The last list of names: label sets that come one after the other mostly have the same, and share it. */
let lastNames: readonly string[] = [];

function shared(names: readonly string[]): readonly string[] {
  if (!isSameList(lastNames, names)) lastNames = names;
  return lastNames;
}

/** What is left of a list of names, and where in it that was. */
interface Rest {
  readonly names: readonly string[];
  readonly places: readonly number[];
}

/** The last list that was made of another: the next label set mostly has the same names, and shares it. */
let lastRest: (Rest & { of: readonly string[]; by: readonly string[]; isKept: boolean }) | undefined;
let lastExtended:
  | { of: readonly string[]; name: string; names: readonly string[]; place: number }
  | undefined;

/** Those of some names that are, or that are not, in a list. */
export function restOf(of: readonly string[], by: readonly string[], isKept: boolean): Rest {
  if (lastRest?.of === of && lastRest.isKept === isKept && isSameList(lastRest.by, by)) return lastRest;
  const places = of.flatMap((name, i) => (by.includes(name) === isKept ? [i] : []));
  const names = places.length === of.length ? of : places.map(i => of[i] as string);
  lastRest = { of, by, isKept, names, places };
  return lastRest;
}

/** A list of names with one more, and its place. */
function extended(of: readonly string[], name: string): { names: readonly string[]; place: number } {
  if (lastExtended?.of === of && lastExtended.name === name) return lastExtended;
  let place = 0;
  while (place < of.length && (of[place] as string) < name) place++;
  lastExtended = { of, name, names: of.toSpliced(place, 0, name), place };
  return lastExtended;
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

/** A name or value in which the key's separator cannot occur. */
function part(text: string | undefined): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they may be in a label value and would be mistaken
  return /[\0\x01]/.test(text as string)
    ? (text as string).replaceAll('\x01', '\x01\x01').replaceAll('\0', '\x01\x02')
    : (text as string);
}

/** Order of label sets as in Prometheus: pair by pair, names first; a set that is the other's beginning comes first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.names.length, b.names.length);
  for (let i = 0; i < shared; i++) {
    const order =
      compareText(a.names[i] as string, b.names[i] as string) ||
      compareText(a.values[i] as string, b.values[i] as string);
    if (order !== 0) return order;
  }
  return a.names.length - b.names.length;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
