// Every match of an expression replaced. Source: Go's regexp.ReplaceAllString.

import type { RE2JS } from 're2js';
import { namesOf } from './compile.js';
import { expandTemplate } from './expand.js';

/**
 * Replaces all matches with a template (`$1`, `${name}`, `$$`). An empty match that touches the match before it is not
 * replaced: else `(.*)` would find the text and then once more the nothing behind it.
 */
export function replaceAll(regexp: RE2JS, text: string, template: string): string {
  const matcher = regexp.matcher(text);
  const groups = groupsOf(regexp, matcher);
  let result = '';
  let from = 0;
  while (matcher.find()) {
    result += text.slice(from, matcher.start());
    if (matcher.end() > from || matcher.start() === 0) result += expandTemplate(template, groups);
    from = matcher.end();
  }
  return result + text.slice(from);
}

type RegexpMatcher = ReturnType<RE2JS['matcher']>;

/** What the groups of the latest match hold, by number or name; empty for a group that does not exist or took no part. */
export function groupsOf(regexp: RE2JS, matcher: RegexpMatcher): (name: string | number) => string {
  const names = regexp.namedGroups();
  const numbered = (index: number): string =>
    index <= matcher.groupCount() ? (matcher.group(index) ?? '') : '';
  return name => {
    if (typeof name === 'number') return numbered(name);
    // Of several groups of one name the first that took part.
    for (const each of namesOf(regexp, name)) {
      const index = Object.hasOwn(names, each) ? names[each] : undefined;
      const text = index === undefined ? null : matcher.group(index);
      if (text !== null) return text;
    }
    return '';
  };
}
