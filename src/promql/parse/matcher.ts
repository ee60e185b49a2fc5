// A label matcher that can be asked.

import { compileRegexp } from '../../go/regexp.js';
import type { LabelMatcher } from '../../model/samples.js';

/** A matcher with Prometheus' meaning: regular expressions match the whole value. @throws RegexpError */
export function createMatcher(name: string, op: LabelMatcher['op'], value: string): LabelMatcher {
  return { name, op, value, matches: test(op, value) };
}

function test(op: LabelMatcher['op'], value: string): (text: string) => boolean {
  if (op === '=') return text => text === value;
  if (op === '!=') return text => text !== value;
  const regexp = compileRegexp(value);
  return op === '=~' ? text => regexp.matches(text) : text => !regexp.matches(text);
}
