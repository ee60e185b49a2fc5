// Whether an expression matches somewhere in a text. Source: Go's regexp.MatchString.

import { compileGo } from './compile.js';

/** Compiles an expression in RE2's syntax; matching takes linear time. @throws Error in Go's words */
export function compileFind(source: string): (text: string) => boolean {
  const regexp = compileGo(source);
  return text => regexp.test(text);
}
