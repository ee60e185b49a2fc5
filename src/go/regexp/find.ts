// Whether an expression matches somewhere in a text. Source: Go's regexp.MatchString.

import { RE2JS } from 're2js';

/** Compiles an expression in RE2's syntax; matching takes linear time. @throws Error in Go's words */
export function compileFind(source: string): (text: string) => boolean {
  const regexp = RE2JS.compile(source);
  return text => regexp.test(text);
}
