// Matchers where alertmanager.yml has them: the list of today and the two maps of old. Source: Alertmanager,
// config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { compileRegexp, RegexpError } from '../../go/regexp.js';
import { quote } from '../../promql/print/quote.js';
import { MatcherError } from '../matchers/error.js';
import { compareMatchers, Matcher } from '../matchers/matcher.js';
import { parseMatchers } from '../matchers/parse.js';

/** What the maps of old take for a label's name. */
const CLASSIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The three ways conditions are written. */
interface MatcherFields {
  readonly matchers: Field;
  readonly match: Field;
  readonly matchRe: Field;
}

/** All conditions, sorted as Alertmanager sorts them. */
export function readMatchers(decoder: Decoder, { matchers, match, matchRe }: MatcherFields): Matcher[] {
  const listed = decoder.list(matchers, 'string').flatMap(each => readListed(decoder, each));
  const equal = readMap(decoder, match, 'map[string]string').map(
    ([name, value]) => new Matcher(name, '=', decoder.text(value)),
  );
  const regex = readMap(decoder, matchRe, 'config.plain').flatMap(([name, value]) =>
    readRegexp(decoder, name, value),
  );
  return [...equal, ...regex, ...listed].sort(compareMatchers);
}

function readListed(decoder: Decoder, node: YamlNode): Matcher[] {
  const text = decoder.text(node);
  if (node.kind !== 'scalar') return [];
  try {
    return parseMatchers(text);
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    decoder.addMistake(node, error.message);
    return [];
  }
}

function readMap(decoder: Decoder, node: Field, type: string): [string, YamlNode][] {
  return decoder.entries(node, type).filter(([name, value]) => {
    const isName = CLASSIC_NAME.test(name);
    if (!isName) decoder.addMistake(value, `invalid label name ${quote(name)}`);
    return isName;
  });
}

/** Alertmanager keeps the expression with its anchors, and shows it so in keys of groups. */
function readRegexp(decoder: Decoder, name: string, node: YamlNode): Matcher[] {
  if (isAbsent(node)) {
    decoder.addMistake(node, `invalid regexp value for ${quote(name)}`);
    return [];
  }
  const text = decoder.text(node);
  if (node.kind !== 'scalar') return [];
  try {
    compileRegexp(text);
    return [new Matcher(name, '=~', `^(?:${text})$`)];
  } catch (error) {
    if (!(error instanceof RegexpError)) throw error;
    decoder.addMistake(node, error.message);
    return [];
  }
}
