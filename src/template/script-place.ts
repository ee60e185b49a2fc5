// The lexical place within a script (expression, string, comment), from the characters before it. Called by html-place.ts.
// A slash may begin a regular expression or be a division, which this does not distinguish: after one, and in a template
// literal, the place is `unknown` and no value may be inserted.

/** `value` is where an expression may stand, `string` within quotes; in `unknown` nothing is safe. */
export type ScriptPlaceKind = 'value' | 'string' | 'comment' | 'unknown';

type State = 'value' | 'slash' | '"' | "'" | 'line' | 'block' | 'unknown';

/** Ends of a line, which end a comment and break a string. */
const LINE_END = /[\n\r\u2028\u2029]/;

/** Reads a script's beginning character by character. */
export class ScriptPlace {
  #state: State = 'value';
  /** The last characters: three make the longest mark. */
  #last = '';
  #isEscaped = false;

  get kind(): ScriptPlaceKind {
    if (this.#state === '"' || this.#state === "'") return this.#isEscaped ? 'unknown' : 'string';
    if (this.#state === 'line' || this.#state === 'block') return 'comment';
    return this.#state === 'value' ? 'value' : 'unknown';
  }

  /** A value was put here: a slash before it is no comment's. */
  filled(): void {
    if (this.#state === 'slash') this.#state = 'unknown';
    this.#last = '';
  }

  /** Reads a character that is trusted. */
  take(char: string): void {
    this.#state = this.#next(char);
    this.#last = (this.#last + char).slice(-3);
  }

  #next(char: string): State {
    switch (this.#state) {
      case 'value':
        return this.#inValue(char);
      case 'slash':
        this.#last = '';
        return char === '/' ? 'line' : char === '*' ? 'block' : 'unknown';
      case '"':
      case "'":
        return this.#inString(char, this.#state);
      case 'line':
        return LINE_END.test(char) ? 'value' : 'line';
      case 'block':
        return char === '/' && this.#last.endsWith('*') ? 'value' : 'block';
      default:
        return 'unknown';
    }
  }

  #inValue(char: string): State {
    if (char === '"' || char === "'") return char;
    if (char === '`') return 'unknown';
    if (char === '/') return 'slash';
    // Comments of old pages are comments in scripts, too.
    const isOldComment =
      (char === '!' && this.#last.endsWith('<')) || (char === '>' && this.#last.endsWith('--'));
    return isOldComment ? 'unknown' : 'value';
  }

  #inString(char: string, quote: '"' | "'"): State {
    if (this.#isEscaped) {
      this.#isEscaped = false;
      return quote;
    }
    if (char === '\\') this.#isEscaped = true;
    if (LINE_END.test(char)) return 'unknown';
    return char === quote ? 'value' : quote;
  }
}
