// Every expression of Prometheus' own cases, where they are at hand, has to parse unless its case expects a failure,
// and to be printed so that it parses to the same again.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from '../../src/promql/parse.js';
import { pretty, print } from '../../src/promql/print.js';

const folder = '../shared/promqltest';
const files = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.test')) : [];

const EVAL = /^eval(?:_warn|_info|_ordered)? (?:instant at \S+|range from \S+ to \S+ step \S+) (.*)$/;

/** Expressions of a file whose evaluation is not expected to fail. */
function expressionsOf(text: string): string[] {
  const lines = text.split('\n').map(line => line.trim());
  return lines.flatMap((line, i) => {
    const expression = EVAL.exec(line)?.[1];
    const block = lines.slice(i + 1, i + 1 + lines.slice(i + 1).indexOf(''));
    return expression && !block.some(other => other.startsWith('expect fail')) ? [expression] : [];
  });
}

describe.skipIf(files.length === 0)('the suite of Prometheus', () => {
  test.each(files)('%s', name => {
    const expressions = expressionsOf(readFileSync(join(folder, name), 'utf8'));
    expect(expressions).not.toEqual([]);
    for (const text of expressions) {
      const printed = print(parse(text));
      expect(print(parse(printed)), text).toBe(printed);
      expect(print(parse(pretty(parse(text)))), text).toBe(printed);
    }
  });
});
