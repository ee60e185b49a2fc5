// Functions on texts that Prometheus and Alertmanager both give to templates.

import { RE2JS } from 're2js';
import { asText, takes } from './arguments.js';
import { type GoFunction, SafeText, type Value } from './value.js';

/** By name. */
export const textFunctions: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries({
    reReplaceAll: takes('reReplaceAll', 3, 3, replaceAll),
    match: takes('match', 2, 2, (pattern, text) => compile(asText(pattern)).matcher(asText(text)).find()),
    safeHtml: takes('safeHtml', 1, 1, text => new SafeText(asText(text))),
    toUpper: takes('toUpper', 1, 1, text => byRune(asText(text), char => char.toUpperCase())),
    toLower: takes('toLower', 1, 1, text => byRune(asText(text), char => char.toLowerCase())),
  } satisfies Record<string, GoFunction>),
);

/** Go changes characters one by one: `ß` has no large form that is one. */
function byRune(text: string, change: (char: string) => string): string {
  return [...text]
    .map(char => {
      const changed = [...change(char)];
      return changed.length === 1 ? changed[0] : char;
    })
    .join('');
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Error((error as Error).message);
  }
}

/** Go's regexp.MustCompile, which says more. */
function mustCompile(pattern: string): RE2JS {
  try {
    return compile(pattern);
  } catch (error) {
    throw new Error(`regexp: Compile(\`${pattern}\`): ${(error as Error).message}`);
  }
}

/** Go's Regexp.ReplaceAllString: `$1` and `${name}` stand for groups, `$1x` for a group called 1x. */
function replaceAll(pattern: Value, replacement: Value, text: Value): string {
  const matcher = mustCompile(asText(pattern)).matcher(asText(text));
  const template = asText(replacement);
  let result = '';
  let from = 0;
  const input = asText(text);
  while (matcher.find()) {
    result += input.slice(from, matcher.start()) + expand(template, matcher);
    from = matcher.end();
  }
  return result + input.slice(from);
}

type Matcher = ReturnType<RE2JS['matcher']>;

function expand(template: string, matcher: Matcher): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    const name = (bare ?? braced) as string;
    if (/^\d+$/.test(name))
      return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? '') : '';
    try {
      return matcher.group(name) ?? '';
    } catch {
      return '';
    }
  });
}
