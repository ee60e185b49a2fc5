// JSON as Go's encoding/json writes it: what could end a script or a tag is escaped, a map's keys are sorted, a struct's
// fields stand in their order.

import { GoTime } from './time.js';
import { formatRfc3339 } from './time-layout.js';
import { SafeText, Struct, TaggedStruct, type Value } from './value.js';

/** What can be written: a template's values, and plain objects as structs; a field that is undefined is left out. */
export type Writable = Value | WrittenJson | readonly Writable[] | { readonly [field: string]: Writable };

/** JSON already: stands as it is. */
export class WrittenJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPED: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** Nothing in it that is written otherwise. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;

/** Half of a surrogate pair: no character at all. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line, without an end of line. @throws when a number is not finite, or for a function */
export function goJson(value: Writable): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'function') throw new Error('json: unsupported type: func');
  if (value instanceof WrittenJson) return value.text;
  if (value instanceof SafeText) return text(value.text);
  if (Array.isArray(value)) return `[${value.map(each => goJson(each as Writable)).join(',')}]`;
  if (value instanceof Map) return map(value);
  if (value instanceof GoTime) return text(formatRfc3339(value.at, value.zone));
  if (value instanceof Struct) return value.int === undefined ? struct(value) : String(value.int);
  return object(Object.entries(value));
}

/** A string with its quotes. */
export function goJsonText(value: string): string {
  return text(value);
}

function text(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  return JSON.stringify(value.replace(LONE, '\ufffd')).replace(
    /[<>&\u2028\u2029]/g,
    char => ESCAPED[char] as string,
  );
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${value}`);
  return JSON.stringify(value);
}

function map(value: ReadonlyMap<string, Value>): string {
  return object([...value].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function struct(value: Struct): string {
  const tags = value instanceof TaggedStruct ? value.tags : undefined;
  return object([...value.fields].map(([field, each]) => [tags?.get(field) ?? field, each]));
}

function object(fields: readonly (readonly [string, Writable])[]): string {
  const there = fields.filter(([, value]) => value !== undefined);
  return `{${there.map(([name, value]) => `${text(name)}:${goJson(value)}`).join(',')}}`;
}
