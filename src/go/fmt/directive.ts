// What stands behind a percent sign. Source: Go's package fmt, doPrintf.

/** How a value is laid out. Width and precision are in characters; undefined where none was given. */
export interface Layout {
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

export const NO_LAYOUT: Layout = {
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

/** A piece of a format: text as it is, and then the verb of an argument, if one follows. */
interface Piece {
  readonly text: string;
  readonly directive?: { readonly layout: Layout; readonly verb: string; readonly argument: number };
}

/** Larger widths and precisions are refused: no message has them, and they cost memory. Go's limit is a million. */
const MAX_SIZE = 10_000;

/** Reads a format piece by piece and says which argument each verb takes. What is wrong becomes text, as in Go. */
export class DirectiveReader {
  /** The next argument. */
  #argument = 0;
  /** An argument was chosen by its number: then it is no mistake to leave some out. */
  #isReordered = false;
  readonly #format: string;
  readonly #count: number;
  /** Gives an argument that is a width or a precision; undefined when it is no int. */
  readonly #size: (index: number) => number | undefined;
  #at = 0;
  #isGood = true;
  #isAfterIndex = false;

  constructor(format: string, count: number, size: (index: number) => number | undefined) {
    this.#format = format;
    this.#count = count;
    this.#size = size;
  }

  /** The first argument that nothing was said of; undefined when that is as it should be. */
  get extra(): number | undefined {
    return this.#isReordered || this.#argument >= this.#count ? undefined : this.#argument;
  }

  /** Undefined at the end. */
  next(): Piece | undefined {
    if (this.#at >= this.#format.length) return undefined;
    const percent = this.#format.indexOf('%', this.#at);
    if (percent === this.#at) {
      this.#at++;
      return this.#directive();
    }
    const text = this.#format.slice(this.#at, percent < 0 ? undefined : percent);
    this.#at += text.length;
    return { text };
  }

  #directive(): Piece {
    this.#isGood = true;
    let wrong = '';
    const layout = this.#flags();
    this.#isAfterIndex = this.#index();
    const width = this.#star();
    if (width === 'none') {
      layout.width = this.#number();
      if (this.#isAfterIndex && layout.width !== undefined) this.#isGood = false;
    } else if (width === undefined) wrong += '%!(BADWIDTH)';
    else {
      layout.width = Math.abs(width);
      if (width < 0) Object.assign(layout, { minus: true, zero: false });
    }
    if (this.#format[this.#at] === '.') {
      this.#at++;
      if (this.#isAfterIndex) this.#isGood = false;
      this.#isAfterIndex = this.#index();
      const precision = this.#star();
      if (precision === 'none') layout.precision = this.#number() ?? 0;
      else if (precision === undefined || precision < 0) wrong += '%!(BADPREC)';
      else layout.precision = precision;
    }
    if (!this.#isAfterIndex) this.#isAfterIndex = this.#index();
    return this.#verb(wrong, layout);
  }

  #verb(wrong: string, layout: Layout): Piece {
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) return { text: `${wrong}%!(NOVERB)` };
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    if (verb === '%') return { text: `${wrong}%` };
    if (!this.#isGood) return { text: `${wrong}%!${verb}(BADINDEX)` };
    if (this.#argument >= this.#count) return { text: `${wrong}%!${verb}(MISSING)` };
    return { text: wrong, directive: { layout, verb, argument: this.#argument++ } };
  }

  #flags(): { -readonly [Key in keyof Layout]: Layout[Key] } {
    const layout = { ...NO_LAYOUT };
    for (; ; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          layout.sharp = true;
          break;
        case '0':
          layout.zero = !layout.minus;
          break;
        case '+':
          layout.plus = true;
          break;
        case '-':
          Object.assign(layout, { minus: true, zero: false });
          break;
        case ' ':
          layout.space = true;
          break;
        default:
          return layout;
      }
    }
  }

  /** `[n]`: the number of the next argument. @returns whether there is one */
  #index(): boolean {
    if (this.#format[this.#at] !== '[') return false;
    this.#isReordered = true;
    const [whole, digits] = /^\[([^\]]*)\]/.exec(this.#format.slice(this.#at)) ?? [];
    this.#at += whole?.length ?? 1;
    const isNumber = digits !== undefined && /^\d+$/.test(digits);
    const index = Number(digits) - 1;
    if (isNumber && index >= 0 && index < this.#count) this.#argument = index;
    else this.#isGood = false;
    return isNumber;
  }

  /** `*`: an argument is the number; undefined when it is none, `none` without a star. */
  #star(): number | undefined | 'none' {
    if (this.#format[this.#at] !== '*') return 'none';
    this.#at++;
    this.#isAfterIndex = false;
    if (this.#argument >= this.#count) return undefined;
    const size = this.#size(this.#argument++);
    return size === undefined || Math.abs(size) > MAX_SIZE ? undefined : size;
  }

  #number(): number | undefined {
    const [digits] = /^\d+/.exec(this.#format.slice(this.#at, this.#at + 400)) ?? [];
    if (digits === undefined) return undefined;
    this.#at += digits.length;
    if (Number(digits) <= MAX_SIZE) return Number(digits);
    // Go reads no further.
    this.#at = this.#format.length;
    return undefined;
  }
}
