// The lexical place within a style sheet or a style attribute, from the characters before it.
// Source: Go's html/template, transition.go.

/** `value` is outside of strings, `url` within `url(...)`; in `unknown` nothing is safe. */
type StylePlaceKind = 'value' | 'string' | 'url' | 'comment' | 'unknown';

type State = 'code' | 'slash' | 'url(' | 'string' | 'url' | 'line' | 'block' | 'unknown';

/** Reads a style's beginning character by character. */
export class StyleContext {
  #state: State = 'code';
  /** The last characters of code, and within a comment. */
  #last = '';
  /** Of the string or URL; none for a URL without quotes. */
  #quote = '';
  #isEscaped = false;
  #text = '';

  get kind(): StylePlaceKind {
    if (this.#isEscaped) return 'unknown';
    switch (this.#state) {
      case 'code':
        return 'value';
      case 'url(':
        return 'url';
      case 'slash':
      case 'unknown':
        return 'unknown';
      case 'line':
      case 'block':
        return 'comment';
      default:
        return this.#state;
    }
  }

  /** Of the string or URL, as far as it was written. */
  get text(): string {
    return this.#state === 'url(' ? '' : this.#text;
  }

  /** A value was put here. */
  filled(text: string): void {
    if (this.#state === 'url(') this.#open('', 'url');
    this.#text += text;
    this.#last = '';
  }

  /** From here on the context is unknown. */
  markUnknown(): void {
    this.#state = 'unknown';
  }

  /** Reads a character that is trusted. */
  step(char: string): void {
    this.#state = this.#next(char);
    this.#last = (this.#last + char).slice(-4);
  }

  #next(char: string): State {
    switch (this.#state) {
      case 'code':
        return this.#inCode(char);
      case 'slash':
        return char === '*' ? 'block' : char === '/' ? 'line' : this.#inCode(char);
      case 'url(':
        if (/\s/.test(char)) return 'url(';
        if (char === '"' || char === "'") return this.#open(char, 'url');
        this.#open('', 'url');
        return this.#inText(char, 'url');
      case 'string':
      case 'url':
        return this.#inText(char, this.#state);
      case 'line':
        return /[\n\r\f]/.test(char) ? 'code' : 'line';
      case 'block':
        return char === '/' && this.#last.endsWith('*') ? 'code' : 'block';
      default:
        return 'unknown';
    }
  }

  #inCode(char: string): State {
    if (char === '/') return 'slash';
    if (char === '"' || char === "'") return this.#open(char, 'string');
    return char === '(' && /(?:^|[^\w-])url$/i.test(this.#last) ? 'url(' : 'code';
  }

  #open(quote: string, state: 'string' | 'url'): State {
    this.#quote = quote;
    this.#text = '';
    this.#state = state;
    return state;
  }

  #inText(char: string, state: 'string' | 'url'): State {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (char === '\\') this.#isEscaped = true;
    else if (this.#quote === '' ? /[\s)]/.test(char) : char === this.#quote) return 'code';
    this.#text += char;
    return state;
  }
}
