// A list of regular expressions in RE2's syntax, of which one may stand without a list.

import type { SchemaKit } from '../config/schema-kit.js';

/** The schema of an optional key. */
export function regexpList({ goRegexp, ofType, z }: SchemaKit) {
  const list = z.preprocess(
    written => (Array.isArray(written) ? written : [written]),
    z.array(goRegexp(), { error: 'expected a list of regular expressions' }),
  );
  const json = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
  return ofType('regular expression, or a list of them', json, list.optional());
}
