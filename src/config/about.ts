// What the reference of the configuration says of a key, kept on the key's own schema: its meaning, an example, and its type
// as a text and as a JSON schema.

import { z } from 'zod';

/** A JSON schema, as it is printed. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface About {
  readonly description: string;
  /** A value as it is written in YAML. */
  readonly example?: unknown;
  /** A description of the default, where the value itself would not explain it. */
  readonly fallback?: string;
}

interface TypeOf {
  /** `duration`. */
  readonly words: string;
  readonly json: JsonSchema;
}

export const meanings = z.registry<About>();
export const types = z.registry<TypeOf>();

/** Says what a key means. @param schema of one key only: the meaning goes with it wherever it is used */
export function about<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  more: Omit<About, 'description'> = {},
): Schema {
  meanings.add(schema, { description, ...more });
  return schema;
}

/** Says what may stand there. It stays so where the schema is refined or transformed further. */
export function ofType<Schema extends z.ZodType>(words: string, json: JsonSchema, schema: Schema): Schema {
  let written: z.core.$ZodType = schema;
  while (written instanceof z.ZodPipe) written = written.in;
  types.add(written, { words, json });
  return schema;
}
