// An example of a JSON answer, made of its schema.

import type { OpenApiSchema } from '../openapi.js';

/** A value the schema allows: its own example where it has one, every optional field present. */
export function exampleOf(schema: OpenApiSchema, schemas: Readonly<Record<string, OpenApiSchema>>): unknown {
  if (schema.$ref !== undefined) {
    return exampleOf(schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}, schemas);
  }
  if (schema.examples) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {}, schemas);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (type === 'array') return [exampleOf(schema.items ?? {}, schemas)];
  if (type === 'object') return exampleObject(schema, schemas);
  return { string: '...', number: 1, integer: 1, boolean: true }[type ?? ''] ?? {};
}

function exampleObject(
  { properties = {}, additionalProperties }: OpenApiSchema,
  schemas: Readonly<Record<string, OpenApiSchema>>,
): Record<string, unknown> {
  const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field, schemas)]);
  const more = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  if (more && (fields.length === 0 || Object.keys(more).length > 0)) {
    fields.push(['NAME', exampleOf(more, schemas)]);
  }
  return Object.fromEntries(fields);
}
