// Regular expressions as Go's regexp compiles them. RE2JS does the work; unlike Go it refuses two groups of one name.

import { RE2JS } from 're2js';

/** Names that groups were given instead of a name that is taken, by that name, in the order of the groups. */
const renamed = new WeakMap<RE2JS, ReadonlyMap<string, readonly string[]>>();

/** Compiles an expression in RE2's syntax; matching takes linear time. @throws RE2JSException in Go's words */
export function compileGo(source: string, flags = 0): RE2JS {
  try {
    return RE2JS.compile(source, flags);
  } catch (error) {
    if (!/duplicate capture group name/.test((error as Error).message)) throw error;
    const names = new Map<string, string[]>();
    const regexp = RE2JS.compile(withOtherNames(source, names), flags);
    renamed.set(regexp, names);
    return regexp;
  }
}

/** The names under which the groups of one name are to be asked for, the first group first. */
export function namesOf(regexp: RE2JS, name: string): readonly string[] {
  return renamed.get(regexp)?.get(name) ?? [name];
}

/** What is no group, the class of characters being the longest of it, and the beginning of a named group. */
const PIECES = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\(\?P?<(\w+)>/gsu;

function withOtherNames(source: string, names: Map<string, string[]>): string {
  const taken = new Set([...source.matchAll(PIECES)].map(([, name]) => name));
  return source.replace(PIECES, (piece, name: string | undefined) => {
    if (name === undefined) return piece;
    const known = names.get(name);
    if (!known) {
      names.set(name, [name]);
      return piece;
    }
    let other = `${name}_${known.length}`;
    while (taken.has(other)) other += '_';
    taken.add(other);
    known.push(other);
    return `(?P<${other}>`;
  });
}
