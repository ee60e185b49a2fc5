// Regular expressions of users. Comes in: RE2 syntax, as matchers and label_replace have it; goes out: something that
// tests and expands in linear time.

import { RE2JS, RE2JSException } from 're2js';
import { compileGo } from './regexp/compile.js';
import { expandTemplate } from './regexp/expand.js';
import { plainMatch } from './regexp/plain.js';
import { groupsOf } from './regexp/replace-all.js';

/** A compiled expression that always means the whole text, as everywhere in Prometheus. */
export interface Regexp {
  matches(text: string): boolean;
  /** A template (`$1`, `${name}`, `$$`) filled with what the groups matched; undefined when the text does not match. */
  expand(text: string, template: string): string | undefined;
}

/** No regular expression, in Go's words: `error parsing regexp: missing closing ): ...`. */
export class RegexpError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RegexpError';
  }
}

const MAX_CACHED = 500;
/** Longer sources are compiled each time rather than kept. */
const MAX_CACHED_LENGTH = 2000;
/** Longest source that is compiled, in UTF-16 units: it takes some hundred milliseconds. Alternatives of texts are not. */
const MAX_COMPILED_LENGTH = 256 * 1024;
const cache = new Map<string, Regexp>();

/** Compiles an expression, or finds it among those compiled lately. @throws RegexpError */
export function compileRegexp(source: string): Regexp {
  const cached = cache.get(source);
  const regexp = cached ?? new Re2Regexp(source);
  if (source.length > MAX_CACHED_LENGTH) return regexp;
  // Put back at the end: the one at the front is the one not asked for the longest.
  if (cached) cache.delete(source);
  cache.set(source, regexp);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value as string);
  return regexp;
}

class Re2Regexp implements Regexp {
  readonly matches: (text: string) => boolean;
  readonly #source: string;
  #compiled: RE2JS | undefined;

  constructor(source: string) {
    this.#source = source;
    const plain = plainMatch(source);
    if (plain) {
      this.matches = plain;
      return;
    }
    const compiled = compile(source);
    this.#compiled = compiled;
    this.matches = text => compiled.testExact(text);
  }

  expand(text: string, template: string): string | undefined {
    if (!this.matches(text)) return undefined;
    this.#compiled ??= compile(this.#source);
    const matcher = this.#compiled.matcher(text);
    if (!matcher.matches()) return undefined;
    return expandTemplate(template, groupsOf(this.#compiled, matcher));
  }
}

function compile(source: string): RE2JS {
  if (source.length > MAX_COMPILED_LENGTH)
    throw new RegexpError(
      `regular expression is too long: ${source.length} characters, at most ${MAX_COMPILED_LENGTH} are allowed`,
    );
  try {
    return compileGo(source, RE2JS.DOTALL);
  } catch (error) {
    // The flag is put before the expression, and is none of its author's.
    if (error instanceof RE2JSException)
      throw new RegexpError(shortened(error.message.replace('`(?s)', '`')));
    throw error;
  }
}

const MAX_MESSAGE = 500;

/** The message repeats the expression, which may be very long. */
function shortened(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}...`;
}
