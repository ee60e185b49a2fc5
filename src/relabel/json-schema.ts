// The JSON schema of `relabel_configs` and its like, for editors.

import type { JsonSchema } from '../config/about.js';
import { count, list, mapping, oneOf, text, texts } from '../config/prometheus-json.js';
import { RELABEL_ACTIONS } from './config.js';
import type { RelabelKey } from './read.js';

const step: Readonly<Record<RelabelKey, JsonSchema>> = {
  source_labels: texts,
  separator: text,
  regex: text,
  modulus: count,
  target_label: text,
  replacement: text,
  action: oneOf(RELABEL_ACTIONS),
};

/** A list of steps. */
export const relabelConfigsJson: JsonSchema = list(mapping(step));
