// The JSON schema of a list of relabelling steps, for editors.

import type { JsonSchema } from '../config/about.js';
import { RELABEL_ACTIONS } from './config.js';
import type { RelabelKey } from './read.js';

const text: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };

const properties: Readonly<Record<RelabelKey, JsonSchema>> = {
  source_labels: { type: ['array', 'null'], items: text },
  separator: text,
  regex: text,
  modulus: {
    anyOf: [
      { type: ['integer', 'null'], minimum: 0 },
      { type: 'string', pattern: '^[0-9]*$|\\$\\{' },
    ],
  },
  target_label: text,
  replacement: text,
  // Offered by editors; how it is written is the reader's to say.
  action: { anyOf: [{ enum: RELABEL_ACTIONS }, { type: ['string', 'null'] }] },
};

/** `relabel_configs` and its like. */
export const relabelConfigsJson: JsonSchema = {
  type: ['array', 'null'],
  items: { type: ['object', 'null'], additionalProperties: false, properties },
};
