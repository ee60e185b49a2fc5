// GET /api/v1/label/NAME/values: the values of one label.
// Source: Prometheus, prometheus/common model/metric.go (UnescapeName, "values" escaping).

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { boundsOf, describeLabelQuery, naming } from './parameters.js';

/** A name that had characters a path or an old client does not take: `U__` and then `_HEX_` for each of them. */
const ESCAPED = /^U__(?:[^_]|__|_[0-9A-Fa-f]{1,5}_)*$/;
const MAX_RUNE = 0x10ffff;

export const labelValues = endpoint({
  path: 'label/:name/values',
  summary: 'Values of a label',
  inPath: {
    name: { description: 'The label; one with other characters may be escaped (`U__`)', example: 'job' },
  },
  query: describeLabelQuery,
  data: () => z.array(z.string()),
  handle({ form, name, signal }, { query }: Pick<ApiContext, 'query'>) {
    const match = form.all('match[]');
    const apiQuery = { type: 'label_values', label: unescapeName(name), match, ...boundsOf(form) } as const;
    return naming('match[]', query.answer(apiQuery, { signal }));
  },
});

/** A label's name out of its escaped form; any other text is a name itself. */
function unescapeName(name: string): string {
  if (!ESCAPED.test(name)) return name;
  let isName = true;
  const plain = name.slice(3).replace(/__|_([0-9A-Fa-f]+)_/g, (_, hex?: string) => {
    if (hex === undefined) return '_';
    const rune = Number.parseInt(hex, 16);
    isName &&= rune <= MAX_RUNE && (rune < 0xd800 || rune > 0xdfff);
    return isName ? String.fromCodePoint(rune) : '';
  });
  return isName ? plain : name;
}
