// The first match of an expression in a text, with its groups. Source: Go's regexp.FindStringSubmatch and Expand.

import { compileGo } from './compile.js';
import { expandTemplate } from './expand.js';
import { groupsOf } from './replace-all.js';

/**
 * Compiles an expression in RE2's syntax; matching takes linear time. What it returns for a text that matches puts the groups in
 * a template's `$1`, `${1}` and `${name}`. @throws Error in Go's words
 */
export function compileMatch(source: string): (text: string) => ((template: string) => string) | undefined {
  const regexp = compileGo(source);
  return text => {
    const matcher = regexp.matcher(text);
    if (!matcher.find()) return undefined;
    const group = groupsOf(regexp, matcher);
    return template => expandTemplate(template, group);
  };
}
