// Values a template works on, as Go has them: an int is a bigint, a float64 a number, nil null. Text of a value is
// what Go's fmt prints for %v. Source: Go's fmt and text/template.

import { exponent as goExponent } from './fmt/exponent.js';

export { goExponent };

/** Methods by name, or how to make them: most values of a large message are never asked for one. */
type Methods = Readonly<Record<string, GoFunction>> | (() => Readonly<Record<string, GoFunction>>);

class LazyMethods {
  readonly #methods: Methods;
  #all: ReadonlyMap<string, GoFunction> | undefined;

  constructor(methods: Methods) {
    this.#methods = methods;
  }

  get all(): ReadonlyMap<string, GoFunction> {
    const make = this.#methods;
    this.#all ??= new Map(Object.entries(typeof make === 'function' ? make() : make));
    return this.#all;
  }
}

/** A Go struct: fields and methods by name; anything else asked of it is an error. */
export class Struct {
  /** The type's name in messages. */
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
  readonly #methods: LazyMethods;
  /** What %v prints, when it has a String method. */
  readonly text: (() => string) | undefined;
  /** Of a type that is an int by another name (a month, a duration): that int. */
  readonly int: bigint | undefined;

  constructor(
    type: string,
    fields: Readonly<Record<string, Value>>,
    methods: Methods = {},
    text?: () => string,
    int?: bigint,
  ) {
    this.int = int;
    this.type = type;
    this.fields = new Map(Object.entries(fields));
    this.#methods = new LazyMethods(methods);
    this.text = text;
  }

  get methods(): ReadonlyMap<string, GoFunction> {
    return this.#methods.all;
  }
}

/** A struct whose fields have other names in JSON. */
export class TaggedStruct extends Struct {
  /** Names in JSON by field. */
  readonly tags: ReadonlyMap<string, string>;

  constructor(type: string, fields: readonly (readonly [field: string, tag: string, value: Value])[]) {
    super(type, Object.fromEntries(fields.map(([field, , value]) => [field, value])));
    this.tags = new Map(fields.map(([field, tag]) => [field, tag]));
  }
}

/** A map type that has methods: Alertmanager's KV. What %v prints is up to `text`. */
export class NamedMap extends Map<string, Value> {
  readonly type: string;
  readonly #methods: LazyMethods;
  readonly text: () => string;

  constructor(
    type: string,
    entries: Iterable<readonly [string, Value]>,
    methods: Methods,
    text: () => string,
  ) {
    super(entries);
    this.type = type;
    this.#methods = new LazyMethods(methods);
    this.text = text;
  }

  get methods(): ReadonlyMap<string, GoFunction> {
    return this.#methods.all;
  }
}

/** A slice type that has methods: Alertmanager's Alerts, Pairs. */
export class NamedList extends Array<Value> {
  readonly type: string;
  readonly #methods: LazyMethods;
  readonly text: (() => string) | undefined;

  /** What is cut out of it or made of it is a plain list. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  constructor(type: string, items: readonly Value[], methods: Methods, text?: () => string) {
    super();
    for (const item of items) this.push(item);
    this.type = type;
    this.#methods = new LazyMethods(methods);
    this.text = text;
  }

  get methods(): ReadonlyMap<string, GoFunction> {
    return this.#methods.all;
  }
}

/** The methods a value has, by name. */
export function methodsOf(value: Value): ReadonlyMap<string, GoFunction> | undefined {
  const has = value instanceof Struct || value instanceof NamedMap || value instanceof NamedList;
  return has ? value.methods : undefined;
}

/** Text an HTML template puts out as it is, where there is HTML, or as an address that is not looked at. */
export class SafeText {
  readonly text: string;
  readonly kind: 'html' | 'url';

  constructor(text: string, kind: SafeText['kind'] = 'html') {
    this.text = text;
    this.kind = kind;
  }
}

export type GoMap = ReadonlyMap<string, Value>;
export type GoList = readonly Value[];
/** A template's value; `undefined` is Go's invalid value. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | GoList
  | GoMap
  | Struct
  | SafeText
  | GoFunction;

/** A function of a template. Throws an Error whose message is what the template's author reads. */
export type GoFunction = (...args: Value[]) => Value;

/** Go's truth: the zero value of a type is false. */
export function isTrue(value: Value): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof SafeText) return value.text !== '';
  if (value instanceof Struct) return value.int !== 0n;
  if (typeof value === 'number') return value !== 0;
  return Boolean(value);
}

/** The value's Go type, for messages. */
export function typeName(value: Value): string {
  if (value === null || value === undefined) return '<nil>';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'function':
      return 'func';
  }
  if (value instanceof Struct || value instanceof NamedMap || value instanceof NamedList) return value.type;
  if (Array.isArray(value)) return '[]interface {}';
  if (value instanceof SafeText) return value.kind === 'url' ? 'template.URL' : 'template.HTML';
  return 'map[string]string';
}

/** %v, as `{{ . }}` prints it. */
export function textOf(value: Value): string {
  return value === undefined ? '<no value>' : plain(value);
}

/** %v of a value, also within others. */
export function plain(value: Value): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return formatShortest(value);
  if (typeof value === 'function') return '<func>';
  if (typeof value !== 'object') return String(value);
  if ((value instanceof NamedMap || value instanceof NamedList) && value.text) return value.text();
  if (Array.isArray(value)) return `[${value.map(plain).join(' ')}]`;
  if (value instanceof SafeText) return value.text;
  if (value instanceof Struct) {
    return value.text ? value.text() : `{${[...value.fields.values()].map(plain).join(' ')}}`;
  }
  const entries = [...(value as GoMap)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${plain(each)}`).join(' ')}]`;
}

/** A float64 as Go's %v: the shortest digits that name it, with an exponent from 1e+06 on and below 1e-4. */
function formatShortest(value: number): string {
  return special(value) ?? withExponent(value, 6);
}

/** NaN and the infinities as Go writes them; undefined for a finite number. */
export function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : undefined;
}

/** The shortest digits, in exponent form where the decimal exponent is below -4 or at least `limit`. */
function withExponent(value: number, limit: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= limit) return `${digits}e${goExponent(power)}`;
  // JavaScript changes to exponents far outside of what is left here.
  return String(value);
}
