// How many arguments functions take, checked as Go would at the call.

import type { GoFunction } from './value.js';

/** A function of a fixed number of arguments, or of at least `least` when `most` is Infinity. */
export function withArity(name: string, least: number, most: number, body: GoFunction): GoFunction {
  return (...args) => {
    if (args.length < least || args.length > most) {
      const want = most === Number.POSITIVE_INFINITY ? `at least ${least}` : String(least);
      throw new Error(`wrong number of args for ${name}: want ${want} got ${args.length}`);
    }
    return body(...args);
  };
}

/** Methods of a type, each of which takes as many arguments as its body has parameters. */
export function methodsTaking(bodies: Readonly<Record<string, GoFunction>>): Record<string, GoFunction> {
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [name, withArity(name, body.length, body.length, body)]),
  );
}
