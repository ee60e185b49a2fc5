// Conditions on labels as texts: `severity="critical"`. Comes in: what stands in alertmanager.yml, in `filter=` or in a
// silence; goes out: matchers. Two grammars, as in Alertmanager since 0.27: UTF-8 and, where that refuses, the classic one.
// Source: Alertmanager, matcher/compat/parse.go.

import { RegexpError } from '../../go/regexp.js';
import { parseClassicMatcher, parseClassicMatchers } from './classic.js';
import { MatcherError } from './error.js';
import type { Matcher } from './matcher.js';
import { parseUtf8Matchers } from './utf8.js';

/** Any number of matchers, in braces or not: `{a="b", c!=d}`. @throws MatcherError */
export function parseMatchers(input: string): Matcher[] {
  return eitherWay(
    () => parseUtf8Matchers(input),
    () => parseClassicMatchers(input),
  );
}

/** One matcher: `a="b"`. @throws MatcherError */
export function parseMatcher(input: string): Matcher {
  if (input.startsWith('{') || input.endsWith('}'))
    throw new MatcherError(`unexpected open or close brace: ${input}`);
  const [matcher] = eitherWay(
    () => {
      const parsed = parseUtf8Matchers(input);
      return parsed?.length === 1 ? parsed : undefined;
    },
    () => [parseClassicMatcher(input)],
  );
  return matcher as Matcher;
}

/** Where the grammars read a text differently, it means what it has meant for years. */
function eitherWay(utf8: () => Matcher[] | undefined, classic: () => Matcher[]): Matcher[] {
  const parsed = unlessRegexpError(utf8);
  try {
    return classic();
  } catch (error) {
    if (parsed) return parsed;
    if (error instanceof RegexpError) throw new MatcherError(error.message);
    throw error;
  }
}

function unlessRegexpError(parse: () => Matcher[] | undefined): Matcher[] | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RegexpError) return undefined;
    throw error;
  }
}
