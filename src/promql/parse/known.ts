// Which functions there are, and what to say of one that there is not.

import type { PromqlFunction } from '../function.js';
import { functions } from '../functions/index.js';
import { unsupported } from '../functions/unsupported.js';
import { quote } from '../print/quote.js';
import type { Source } from './source.js';
import type { Token } from './token.js';

const functionOf = new Map(functions.map(each => [each.name, each]));
const reasons = new Map(unsupported.map(each => [each.name, each.why]));

/** The function a token names. @throws ParseError */
export function knownFunction(token: Token, source: Source): PromqlFunction {
  const found = functionOf.get(token.text);
  if (found) return found;
  refuseUnsupported(token.text, `function ${quote(token.text)}`, token, source);
  return source.fail(token, `unknown function with name ${quote(token.text)}`);
}

/** Says why a name of Prometheus' does not work here, if it is one. @throws ParseError */
export function refuseUnsupported(name: string, what: string, token: Token, source: Source): void {
  const why = reasons.get(name);
  if (why === 'experimental') source.fail(token, `${what} is experimental and not supported`);
  if (why) source.fail(token, `${what} works on ${why} only, which are not supported`);
}

/** A function of the catalogue by its name, as the parser let it pass. */
export function functionNamed(name: string): PromqlFunction {
  const found = functionOf.get(name);
  if (!found) throw new Error(`the parser let an unknown function pass: ${name}`);
  return found;
}
