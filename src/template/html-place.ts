// Where in an HTML document the next character goes: read off all that was written before. Called by html.ts.

import { ScriptPlace, type ScriptPlaceKind } from './script-place.js';

/** `text` is between tags, `title` where only text may stand, `tag` inside of a tag but in no attribute's value. */
export type PlaceKind = 'text' | 'title' | 'comment' | 'script' | 'style' | 'tag' | 'attribute';
export type AttributeKind = 'plain' | 'url' | 'script' | 'style' | 'document';

const URLS = new Set([
  'action',
  'archive',
  'background',
  'cite',
  'classid',
  'codebase',
  'data',
  'formaction',
  'href',
  'icon',
  'longdesc',
  'manifest',
  'poster',
  'profile',
  'src',
  'srcset',
  'usemap',
  'xlink:href',
]);
const RAW: Record<string, PlaceKind> = {
  script: 'script',
  style: 'style',
  title: 'title',
  textarea: 'title',
};

/** Reads a document's beginning piece by piece. */
export class HtmlPlace {
  #kind: PlaceKind = 'text';
  /** What may be the beginning of something: `<`, `<scr`, `</`, `<!-`. */
  #held = '';
  #element = '';
  #attributeName = '';
  #quote: '"' | "'" | '' = '';
  /** Of the attribute's value so far. */
  #value = '';
  /** Inside of a tag: after the name's `=`. */
  #awaitsValue = false;
  /** Within the script that is read, of an element or an attribute. */
  #script = new ScriptPlace();

  /** Where in the script this is. */
  get script(): ScriptPlaceKind {
    return this.#script.kind;
  }

  get kind(): PlaceKind {
    // A value that comes right after `href=` begins the attribute's value, without quotes.
    return this.#kind === 'tag' && this.#awaitsValue ? 'attribute' : this.#kind;
  }

  get isQuoted(): boolean {
    return this.#kind === 'attribute' && this.#quote !== '';
  }

  get attribute(): AttributeKind {
    const name = this.#attributeName.toLowerCase();
    if (name.startsWith('on')) return 'script';
    if (name === 'style') return 'style';
    if (name === 'srcdoc') return 'document';
    return URLS.has(name) || /^data-.*(src|url|uri)|^xmlns/.test(name) ? 'url' : 'plain';
  }

  /** Of the attribute, as far as it was written. */
  get value(): string {
    return this.#kind === 'attribute' ? this.#value : '';
  }

  /** A tag has begun whose name is not complete. */
  get isMidTag(): boolean {
    return this.#held !== '' && this.#kind !== 'tag' && this.#kind !== 'comment';
  }

  get isInQuery(): boolean {
    return /[?#]/.test(this.value);
  }

  /** A value was put here: it changes nothing but where in an attribute's value this is. */
  filled(text: string): void {
    if (this.#kind === 'tag' && this.#awaitsValue) this.#openValue('');
    this.#script.filled();
    if (this.#kind === 'attribute') this.#value += text;
    else if (this.#kind === 'tag') this.#attributeName += text;
  }

  /** Reads text that is trusted to be HTML. */
  read(text: string): void {
    for (const char of text) this.#take(char);
  }

  #take(char: string): void {
    switch (this.#kind) {
      case 'text':
        this.#inText(char);
        break;
      case 'tag':
        this.#inTag(char);
        break;
      case 'attribute':
        this.#inValue(char);
        break;
      case 'comment':
        this.#held = (this.#held + char).slice(-3);
        if (this.#held === '-->') this.#enter('text');
        break;
      default:
        if (this.#kind === 'script') this.#script.take(char);
        this.#inRaw(char);
    }
  }

  #enter(kind: PlaceKind): void {
    this.#kind = kind;
    this.#held = '';
  }

  #inText(char: string): void {
    if (this.#held === '') {
      if (char === '<') this.#held = char;
      return;
    }
    this.#held += char;
    if (this.#held === '<!--') this.#enter('comment');
    else if (/^<\/?[a-zA-Z][^\s/>]*[\s/>]$/.test(this.#held)) this.#openTag(this.#held.slice(1, -1), char);
    else if (/^<![a-zA-Z?][^>]*>$/.test(this.#held)) this.#held = '';
    else if (!/^<(?:\/?[a-zA-Z][^\s/>]*|\/|!|!-|![a-zA-Z][^>]*)$/.test(this.#held)) {
      this.#held = char === '<' ? char : '';
    }
  }

  #openTag(name: string, char: string): void {
    this.#element = name.toLowerCase();
    this.#attributeName = '';
    this.#awaitsValue = false;
    this.#enter('tag');
    this.#inTag(char);
  }

  #inTag(char: string): void {
    if (char === '>') this.#closeTag();
    else if (char === '=') this.#awaitsValue = this.#attributeName !== '';
    else if (/\s/.test(char)) this.#held = this.#attributeName === '' ? '' : ' ';
    else if (this.#awaitsValue) {
      this.#openValue(char === '"' || char === "'" ? char : '');
      if (this.#quote === '') this.#inValue(char);
    } else if (char === '/') this.#attributeName = '';
    else {
      // White space after a name ends it unless a `=` follows.
      if (this.#held === ' ') this.#attributeName = '';
      this.#held = '';
      this.#attributeName += char;
    }
  }

  #closeTag(): void {
    this.#awaitsValue = false;
    this.#attributeName = '';
    this.#script = new ScriptPlace();
    this.#enter(RAW[this.#element] ?? 'text');
  }

  #openValue(quote: '"' | "'" | ''): void {
    this.#quote = quote;
    this.#value = '';
    this.#awaitsValue = false;
    this.#script = new ScriptPlace();
    this.#enter('attribute');
  }

  #inValue(char: string): void {
    const ends = this.#quote === '' ? /[\s>]/.test(char) : char === this.#quote;
    if (!ends) {
      this.#value += char;
      // A reference (&quot;) would have to be resolved first; a back-tick ends what can be told.
      if (this.attribute === 'script') this.#script.take(char === '&' ? '`' : char);
      return;
    }
    this.#attributeName = '';
    this.#enter('tag');
    if (char === '>' && this.#quote === '') this.#closeTag();
  }

  /** Only its own end tag ends such an element. */
  #inRaw(char: string): void {
    this.#held = char === '<' || this.#held !== '' ? this.#held + char : '';
    const end = `</${this.#element}`;
    if (this.#held === '') return;
    if (this.#held.toLowerCase() === end) {
      this.#element = `/${this.#element}`;
      this.#attributeName = '';
      this.#enter('tag');
    } else if (!end.startsWith(this.#held.toLowerCase())) {
      this.#held = char === '<' ? char : '';
    }
  }
}
