// Functions on texts that Prometheus and Alertmanager both give to templates.

import type { RE2JS } from 're2js';
import { asText, withArity } from '../go/arguments.js';
import { toLower, toUpper } from '../go/letter-case.js';
import { compileGo } from '../go/regexp/compile.js';
import { replaceAll } from '../go/regexp/replace-all.js';
import { type GoFunction, SafeText } from '../go/value.js';

/** By name. */
export const textFunctions: ReadonlyMap<string, GoFunction> = new Map(
  Object.entries({
    reReplaceAll: withArity('reReplaceAll', 3, 3, (pattern, template, text) =>
      replaceAll(mustCompile(asText(pattern)), asText(text), asText(template)),
    ),
    match: withArity('match', 2, 2, (pattern, text) => compile(asText(pattern)).matcher(asText(text)).find()),
    safeHtml: withArity('safeHtml', 1, 1, text => new SafeText(asText(text))),
    toUpper: withArity('toUpper', 1, 1, text => toUpper(asText(text))),
    toLower: withArity('toLower', 1, 1, text => toLower(asText(text))),
  } satisfies Record<string, GoFunction>),
);

function compile(pattern: string): RE2JS {
  try {
    return compileGo(pattern);
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
