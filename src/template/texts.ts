// Functions on texts that Prometheus and Alertmanager both give to templates.

import { RE2JS } from 're2js';
import { asText, takes } from './arguments.js';
import { type GoFunction, SafeText, type Value } from './value.js';

/** By name. */
export const textFunctions: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries({
    reReplaceAll: takes('reReplaceAll', 3, 3, replaceAll),
    match: takes('match', 2, 2, (pattern, text) => regexp(pattern).matcher(asText(text)).find()),
    safeHtml: takes('safeHtml', 1, 1, text => new SafeText(asText(text))),
    toUpper: takes('toUpper', 1, 1, text => asText(text).toUpperCase()),
    toLower: takes('toLower', 1, 1, text => asText(text).toLowerCase()),
  } satisfies Record<string, GoFunction>),
);

function regexp(pattern: Value): RE2JS {
  const text = asText(pattern);
  try {
    return RE2JS.compile(text);
  } catch (error) {
    throw new Error(`regexp: Compile(\`${text}\`): ${(error as Error).message}`);
  }
}

/** Go's Regexp.ReplaceAllString: `$1` and `${name}` stand for groups, `$1x` for a group called 1x. */
function replaceAll(pattern: Value, replacement: Value, text: Value): string {
  const matcher = regexp(pattern).matcher(asText(text));
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
