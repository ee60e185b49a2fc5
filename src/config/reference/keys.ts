// The keys of a section, as its schema has them. Comes in: a schema; goes out: for each key what may stand there and what it
// means, for the reference and for editors.

import { z } from 'zod';
import { formatDuration } from '../../model/duration.js';
import type { Millis } from '../../model/time.js';
import { type About, type JsonSchema, meanings, types } from '../about.js';

type Schema = z.core.$ZodType;

export interface Key {
  readonly name: string;
  readonly schema: z.ZodType;
  /** The type's name: `duration`, `list of texts`. */
  readonly type: string;
  readonly json: JsonSchema;
  readonly isRequired: boolean;
  /** The default, described or as it would be written; undefined where there is none. */
  readonly fallback: string | undefined;
  readonly about: About | undefined;
  /** What stands there is a section, or a list of sections. */
  readonly section: { readonly schema: z.ZodObject; readonly isList: boolean } | undefined;
}

/** @throws Error when a schema has a form that no key of a configuration has had so far */
export function keysOf(section: z.ZodObject): Key[] {
  return Object.entries(section.shape).map(([name, schema]) => {
    const inner = unwrap(schema);
    const element = inner instanceof z.ZodArray ? objectIn(unwrap(inner.element)) : undefined;
    const object = objectIn(inner);
    return {
      name,
      schema: schema as z.ZodType,
      type: wordsOf(schema),
      json: jsonOf(schema),
      isRequired: !schema.safeParse(undefined).success,
      fallback: fallbackOf(schema),
      about: meanings.get(schema),
      section: object ? { schema: object, isList: false } : element && { schema: element, isList: true },
    };
  });
}

/** Whether a key can be read from a file: `KEY_file`. */
function hasFile({ type }: Key): boolean {
  return type === 'secret' || type === 'text, also in a file';
}

/** A section as a JSON schema. */
export function sectionJson(section: z.ZodObject): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const key of keysOf(section)) {
    properties[key.name] = described(key);
    if (hasFile(key))
      properties[`${key.name}_file`] = { type: 'string', description: `File with \`${key.name}\`.` };
    else if (key.isRequired) required.push(key.name);
  }
  return {
    type: 'object',
    additionalProperties: false,
    properties,
    ...(required.length > 0 ? { required } : {}),
  };
}

function described({ json, about, fallback }: Key): JsonSchema {
  const { description, example } = about ?? {};
  return {
    ...(description === undefined
      ? {}
      : { description: fallback ? `${description} Default: ${fallback}.` : description }),
    ...json,
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

/** The schema of what is written, without what makes it optional and what is made of it. */
function unwrap(schema: Schema): Schema {
  let inner = schema;
  while (!types.has(inner)) {
    if (inner instanceof z.ZodPipe) inner = inner.in;
    else if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodNullable
    )
      inner = inner.unwrap();
    else return inner;
  }
  return inner;
}

function objectIn(schema: Schema): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  if (!(schema instanceof z.ZodUnion) || types.has(schema)) return undefined;
  return schema.options.map(each => objectIn(unwrap(each))).find(each => each !== undefined);
}

function wordsOf(schema: Schema): string {
  const inner = unwrap(schema);
  const known = types.get(inner);
  if (known) return known.words;
  if (inner instanceof z.ZodObject) return 'section';
  if (inner instanceof z.ZodArray) return `list of ${plural(wordsOf(inner.element))}`;
  if (inner instanceof z.ZodRecord) return `${wordsOf(inner.valueType)} by name`;
  if (inner instanceof z.ZodEnum) return inner.options.map(each => `\`${each}\``).join(', ');
  if (inner instanceof z.ZodUnion) return [...new Set(inner.options.map(wordsOf))].join(' or ');
  if (inner instanceof z.ZodString) return 'text';
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodBoolean) return 'boolean';
  if (inner instanceof z.ZodNull) return 'null';
  if (inner instanceof z.ZodUnknown) return 'section';
  throw new Error(`no words for ${inner._zod.def.type}`);
}

const plural = (words: string) =>
  /^(text|section|host name|secret|URL)$/.test(words)
    ? `${words}s`
    : words.replace('whole number', 'whole numbers');

function jsonOf(schema: Schema): JsonSchema {
  const inner = unwrap(schema);
  const known = types.get(inner);
  if (known) return known.json;
  if (inner instanceof z.ZodObject) return sectionJson(inner);
  if (inner instanceof z.ZodArray) return { type: 'array', items: jsonOf(inner.element) };
  if (inner instanceof z.ZodRecord) return { type: 'object', additionalProperties: jsonOf(inner.valueType) };
  if (inner instanceof z.ZodEnum) return { enum: inner.options };
  if (inner instanceof z.ZodUnion) return { anyOf: inner.options.map(jsonOf) };
  if (inner instanceof z.ZodUnknown) return {};
  return { type: wordsOf(inner).replace('text', 'string') };
}

function fallbackOf(schema: Schema): string | undefined {
  const said = meanings.get(schema)?.fallback;
  if (said !== undefined) return said;
  const value = defaultOf(schema);
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return undefined;
  if (types.get(unwrap(schema))?.words === 'duration') return formatDuration(value as Millis);
  return typeof value === 'object' ? undefined : String(value);
}

function defaultOf(schema: Schema): unknown {
  for (let inner = schema; ; ) {
    if (inner instanceof z.ZodDefault) return inner._zod.def.defaultValue;
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
    else if (inner instanceof z.ZodPipe) inner = inner.in;
    else return undefined;
  }
}
