// The lexical place within a script (expression, string, regular expression, template literal, comment), from the
// characters before it.
// Source: Go's html/template, js.go and transition.go: whether a slash begins a regular expression or divides is decided
// from what stands before it.

/** `value` is where an expression may stand, `string` within quotes; in `unknown` nothing is safe. */
export type ScriptPlaceKind = 'value' | 'string' | 'regexp' | 'literal' | 'comment' | 'unknown';

type State =
  | 'code'
  | 'slash'
  | '"'
  | "'"
  | 'regexp'
  | 'class'
  | 'literal'
  | '$'
  | 'line'
  | 'block'
  | 'unknown';

/** Ends of a line, which end a comment and break a string or a regular expression. */
const LINE_END = /[\n\r\u2028\u2029]/;
/** Words after which an expression follows, so that a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set(
  'break case continue delete do else finally in instanceof return throw try typeof void'.split(' '),
);
/** As much of the code as tells what a slash is: the longest of those words, and a character before it. */
const REMEMBERED = 16;

/** Reads a script's beginning character by character. */
export class ScriptContext {
  #state: State = 'code';
  /** The last characters of code, without comments. */
  #code = '';
  /** The last characters within a comment. */
  #last = '';
  #isEscaped = false;
  /** How many braces are open within each `${` of a template literal. */
  readonly #braces: number[] = [];

  get kind(): ScriptPlaceKind {
    if (this.#isEscaped) return 'unknown';
    switch (this.#state) {
      case 'code':
        return 'value';
      case 'slash':
        return this.#isOperand() ? 'value' : 'regexp';
      case '"':
      case "'":
        return 'string';
      case 'regexp':
      case 'class':
        return 'regexp';
      case 'literal':
        return 'literal';
      case 'line':
      case 'block':
        return 'comment';
      // A `{` after the `$` would begin an expression.
      default:
        return 'unknown';
    }
  }

  /** A value was put here: a slash before it is no comment's. */
  filled(): void {
    if (this.#state === 'slash') this.#state = this.#isOperand() ? 'code' : 'regexp';
    if (this.#state === '$') this.#state = 'literal';
    // What follows a value is an operator.
    if (this.#state === 'code') this.#code = ')';
    this.#last = '';
  }

  /** From here on the context is unknown. */
  markUnknown(): void {
    this.#state = 'unknown';
  }

  /** Reads a character that is trusted. */
  step(char: string): void {
    this.#state = this.#next(char);
  }

  #next(char: string): State {
    switch (this.#state) {
      case 'code':
        return this.#inCode(char);
      case 'slash':
        return this.#afterSlash(char);
      case '"':
      case "'":
        return this.#inString(char, this.#state);
      case 'regexp':
      case 'class':
        return this.#inRegexp(char, this.#state);
      case 'literal':
      case '$':
        return this.#inLiteral(char);
      case 'line':
        return LINE_END.test(char) ? 'code' : 'line';
      case 'block': {
        const ends = char === '/' && this.#last === '*';
        this.#last = char;
        return ends ? 'code' : 'block';
      }
      default:
        return 'unknown';
    }
  }

  #inCode(char: string): State {
    if (char === '"' || char === "'") return char;
    if (char === '`') return 'literal';
    if (char === '/') return 'slash';
    const open = this.#braces.length - 1;
    if (open >= 0 && char === '{') (this.#braces[open] as number) += 1;
    if (open >= 0 && char === '}') {
      if (this.#braces[open] === 0) {
        this.#braces.pop();
        return 'literal';
      }
      (this.#braces[open] as number) -= 1;
    }
    this.#remember(char);
    // Comments of old pages are comments in scripts, too.
    return this.#code.endsWith('<!--') || this.#code.endsWith('-->') ? 'line' : 'code';
  }

  #afterSlash(char: string): State {
    this.#last = '';
    if (char === '/') return 'line';
    if (char === '*') return 'block';
    if (!this.#isOperand()) return this.#inRegexp(char, 'regexp');
    this.#remember('/');
    return this.#inCode(char);
  }

  #inString(char: string, quote: '"' | "'"): State {
    if (this.#unescaped()) return quote;
    if (char === '\\') this.#isEscaped = true;
    if (LINE_END.test(char)) return 'unknown';
    return char === quote ? this.#operand() : quote;
  }

  #inRegexp(char: string, state: 'regexp' | 'class'): State {
    if (LINE_END.test(char)) return 'unknown';
    if (this.#unescaped()) return state;
    if (char === '\\') this.#isEscaped = true;
    if (char === '[') return 'class';
    if (char === ']') return 'regexp';
    return char === '/' && state === 'regexp' ? this.#operand() : state;
  }

  #inLiteral(char: string): State {
    if (this.#unescaped()) return 'literal';
    if (char === '\\') this.#isEscaped = true;
    if (char === '`') return this.#operand();
    if (char === '{' && this.#state === '$') {
      this.#braces.push(0);
      this.#code = '{';
      return 'code';
    }
    return char === '$' ? '$' : 'literal';
  }

  /** Whether the character that comes is escaped; the one after it is not. */
  #unescaped(): boolean {
    const was = this.#isEscaped;
    this.#isEscaped = false;
    return was;
  }

  /** A string, regular expression or literal has ended: a value stands there. */
  #operand(): State {
    this.#code = ')';
    return 'code';
  }

  #remember(char: string): void {
    this.#code = (this.#code + char).slice(-REMEMBERED);
  }

  /** Whether a value has just ended, so that a slash divides. */
  #isOperand(): boolean {
    const code = this.#code.trimEnd();
    const last = code.at(-1);
    if (last === undefined) return false;
    // `x++ / 2` divides, `x + /2/` does not.
    if (last === '+' || last === '-') return (/[+]+$|-+$/.exec(code)?.[0].length ?? 0) % 2 === 0;
    if (last === '.') return /\d\.$/.test(code);
    if (/[,<>=*%&|^?!~([:;{}/]/.test(last)) return false;
    const word = /[\w$]+$/.exec(code)?.[0];
    return word === undefined || !BEFORE_EXPRESSION.has(word);
  }
}
