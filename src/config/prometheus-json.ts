// Parts of the JSON schema of what monitor.yml has in Prometheus' format, for editors.

import type { JsonSchema } from './about.js';

/** As in fields of other sections: a value may be a variable of the environment. */
const VARIABLE = '\\$\\{';

/** A text, which YAML may take for something else. */
export const text: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
/** A duration as Prometheus writes it. */
export const duration: JsonSchema = { type: ['string', 'number', 'null'] };
/** A boolean. */
export const flag: JsonSchema = {
  anyOf: [
    { type: ['boolean', 'null'] },
    { type: 'string', pattern: `^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)$|${VARIABLE}` },
  ],
};
/** A whole number from 0. */
export const count: JsonSchema = {
  anyOf: [
    { type: ['integer', 'null'], minimum: 0 },
    { type: 'string', pattern: `^[0-9]*$|${VARIABLE}` },
  ],
};
/** A list. */
export const list = (items: JsonSchema): JsonSchema => ({ type: ['array', 'null'], items });
/** A list of texts. */
export const texts = list(text);
/** Labels by name. */
export const labels: JsonSchema = { type: ['object', 'null'], additionalProperties: text };
/** Offered by editors; how it is written is the reader's to say. */
export const oneOf = (values: readonly string[]): JsonSchema => ({
  anyOf: [{ enum: values }, { type: ['string', 'null'] }],
});

/** A mapping with these keys and no others. */
export function mapping(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties,
  };
}
