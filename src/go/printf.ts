// Go's fmt.Sprint, Sprintln and Sprintf of a template's values. Source: Go's package fmt, print.go.

import { DirectiveReader, type Layout, NO_LAYOUT } from './fmt/directive.js';
import { formatFloat, formatInt, formatString, pad } from './fmt/layout.js';
import { NamedList, NamedMap, plain, SafeText, Struct, typeName, type Value } from './value.js';

/** Values next to each other; a space between two of which neither is a string. */
export function formatPrint(values: readonly Value[]): string {
  let text = '';
  for (const [i, value] of values.entries()) {
    if (i > 0 && !isString(value) && !isString(values[i - 1])) text += ' ';
    text += plain(value);
  }
  return text;
}

function isString(value: Value): boolean {
  return typeof value === 'string' || value instanceof SafeText;
}

export function formatPrintln(values: readonly Value[]): string {
  return `${values.map(plain).join(' ')}\n`;
}

/** A wrong directive shows in the text (`%!d(string=x)`), as in Go. */
export function formatPrintf(format: string, values: readonly Value[]): string {
  const reader = new DirectiveReader(format, values.length, i => sizeOf(values[i]));
  let text = '';
  for (let piece = reader.next(); piece; piece = reader.next()) {
    text += piece.text;
    if (piece.directive) text += printed(values[piece.directive.argument], piece.directive);
  }
  if (reader.extra === undefined) return text;
  const extra = values.slice(reader.extra).map(value => shown(value, NO_LAYOUT));
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

/** A width or a precision; undefined for what is no int. */
function sizeOf(value: Value): number | undefined {
  const int = value instanceof Struct ? value.int : value;
  return typeof int === 'bigint' ? Number(int) : undefined;
}

interface How {
  readonly layout: Layout;
  readonly verb: string;
  /** `%#v`: as Go's source has it. */
  readonly isSyntax?: boolean;
  /** `%+v`: with the names of fields. */
  readonly isNamed?: boolean;
}

function printed(value: Value, { layout, verb }: How): string {
  if (verb === 'T') return pad(typeName(value), layout);
  if (verb !== 'v') return formatValue(value, { layout, verb });
  const { sharp, plus } = layout;
  const rest = { ...layout, sharp: false, plus: false };
  return formatValue(value, { layout: rest, verb, isSyntax: sharp, isNamed: plus });
}

function formatValue(value: Value, how: How): string {
  return withVerb(value, how) ?? badVerb(value, how);
}

/** What is said of a verb that the value has not. Flags and width count here, too. */
function badVerb(value: Value, { verb, layout }: How): string {
  return `%!${verb}(${shown(value, layout)})`;
}

/** Type and value, the latter without its String method. */
function shown(value: Value, layout: Layout): string {
  if (value === null || value === undefined) return '<nil>';
  const bare = value instanceof Struct && value.int !== undefined ? value.int : value;
  return `${typeName(value)}=${formatValue(bare, { layout, verb: 'v' })}`;
}

/** Undefined when the value has no such verb. */
function withVerb(value: Value, how: How): string | undefined {
  const { layout, verb, isSyntax } = how;
  if (value === null || value === undefined) return verb === 'v' ? pad('<nil>', layout) : undefined;
  switch (typeof value) {
    case 'string':
      return formatString(value, isSyntax ? 'q' : verb, layout);
    case 'bigint':
      return formatInt(value, verb, layout);
    case 'number':
      return formatFloat(value, verb, layout);
    case 'boolean':
      return verb === 't' || verb === 'v' ? pad(String(value), layout) : undefined;
    case 'function':
      return verb === 'v' ? '<func>' : undefined;
  }
  if (value instanceof SafeText) return withVerb(value.text, how);
  return object(value, how);
}

type GoObject = Exclude<Value, string | bigint | number | boolean | null | undefined | SafeText>;

/** What the String method of a type is asked for. */
const STRING_VERBS = 'vsxXq';

function object(value: GoObject, how: How): string | undefined {
  const { layout, verb, isSyntax } = how;
  const named = value instanceof Struct || value instanceof NamedMap || value instanceof NamedList;
  if (named && value.text && !isSyntax && STRING_VERBS.includes(verb)) {
    return formatString(value.text(), verb, layout);
  }
  if (Array.isArray(value)) return list(value, how);
  if (value instanceof Map) return map(value, how);
  if (!(value instanceof Struct)) return undefined;
  if (value.int !== undefined) return formatInt(value.int, verb, layout);
  // The fields of a type like time.Time are Go's own business.
  return value.fields.size === 0 && verb !== 'v' ? undefined : struct(value, how);
}

function list(value: readonly Value[], how: How): string {
  const items = value.map(each => formatValue(each, how));
  return how.isSyntax ? `${typeName(value)}{${items.join(', ')}}` : `[${items.join(' ')}]`;
}

function map(value: ReadonlyMap<string, Value>, how: How): string {
  const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  const items = entries.map(([key, each]) => `${formatValue(key, how)}:${formatValue(each, how)}`);
  return how.isSyntax ? `${typeName(value)}{${items.join(', ')}}` : `map[${items.join(' ')}]`;
}

function struct({ type, fields }: Struct, how: How): string {
  const items = [...fields].map(([name, value]) => {
    const text = formatValue(value, how);
    return how.isSyntax || how.isNamed ? `${name}:${text}` : text;
  });
  return how.isSyntax ? `${type}{${items.join(', ')}}` : `{${items.join(' ')}}`;
}
