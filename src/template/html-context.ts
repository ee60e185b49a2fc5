// Where in an HTML document the next character goes: read off all that was written before.

import { type AttributeKind, attributeKind, isScriptType } from './html-attributes.js';
import { ScriptContext, type ScriptPlaceKind } from './script-context.js';
import { StyleContext } from './style-context.js';

/** `text` is between tags, `title` where only text may stand, `tag` inside of a tag but in no attribute's value. */
type PlaceKind = 'text' | 'title' | 'comment' | 'script' | 'style' | 'tag' | 'attribute';

const RAW: Record<string, PlaceKind> = {
  script: 'script',
  style: 'style',
  title: 'title',
  textarea: 'title',
};

/** Reads a document's beginning piece by piece. */
export class HtmlContext {
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
  /** Within the script or style that is read, of an element or an attribute. */
  #script = new ScriptContext();
  #style = new StyleContext();
  /** Of an attribute's script or style: what may be a character reference, `&quo`. */
  #reference = '';
  /** What a `type` says the element's text is. */
  #type: string | undefined;

  /** Where in the script this is. */
  get script(): ScriptPlaceKind {
    return this.#script.kind;
  }

  /** Where in the style this is. */
  get style(): StyleContext {
    return this.#style;
  }

  get kind(): PlaceKind {
    // A value that comes right after `href=` begins the attribute's value, without quotes.
    return this.#kind === 'tag' && this.#awaitsValue ? 'attribute' : this.#kind;
  }

  get isQuoted(): boolean {
    return this.#kind === 'attribute' && this.#quote !== '';
  }

  get attribute(): AttributeKind {
    return attributeKind(this.#attributeName);
  }

  /** Of the attribute, as far as it was written. */
  get value(): string {
    return this.#kind === 'attribute' ? this.#value : '';
  }

  /** A tag has begun whose name is not complete. */
  get isMidTag(): boolean {
    return this.#held !== '' && this.#kind !== 'tag' && this.#kind !== 'comment';
  }

  /** A value was put here: it changes nothing but where in an attribute's value this is. */
  filled(text: string): void {
    if (this.#kind === 'tag' && this.#awaitsValue) this.#openValue('');
    this.#endReference('');
    this.#script.filled();
    this.#style.filled(text);
    if (this.#kind === 'attribute') this.#value += text;
    else if (this.#kind === 'tag') this.#attributeName += text;
  }

  /** Reads text that is trusted to be HTML. */
  read(text: string): void {
    for (const char of text) this.#step(char);
  }

  #step(char: string): void {
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
        if (this.#kind === 'script') this.#script.step(char);
        if (this.#kind === 'style') this.#style.step(char);
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
    this.#type = undefined;
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
    this.#script = new ScriptContext();
    this.#style = new StyleContext();
    // What is no script is read as text: a template, for instance.
    const isText = this.#element === 'script' && !isScriptType(this.#type);
    this.#enter(isText ? 'text' : (RAW[this.#element] ?? 'text'));
  }

  #openValue(quote: '"' | "'" | ''): void {
    this.#quote = quote;
    this.#value = '';
    this.#awaitsValue = false;
    this.#script = new ScriptContext();
    this.#style = new StyleContext();
    this.#reference = '';
    this.#enter('attribute');
  }

  #inValue(char: string): void {
    const ends = this.#quote === '' ? /[\s>]/.test(char) : char === this.#quote;
    if (!ends) {
      this.#value += char;
      this.#resolved(char);
      return;
    }
    if (this.#attributeName.toLowerCase() === 'type') this.#type = this.#value;
    this.#attributeName = '';
    this.#enter('tag');
    if (char === '>' && this.#quote === '') this.#closeTag();
  }

  /** A script or style in an attribute is what its character references stand for. */
  #resolved(char: string): void {
    const isReference = this.#reference !== '' && /[\w#]/.test(char);
    if (!isReference && this.#reference !== '') this.#endReference(char);
    else if (!isReference && char !== '&') this.#inCode(char);
    if (isReference || char === '&') this.#reference += char;
  }

  /** `end` is what came after a reference. */
  #endReference(end: string): void {
    const reference = this.#reference;
    this.#reference = '';
    if (reference === '') return;
    const char = referredTo(reference);
    if (char === undefined) {
      this.#script.markUnknown();
      this.#style.markUnknown();
    } else {
      for (const each of char) this.#inCode(each);
    }
    if (end !== ';' && end !== '&' && end !== '') this.#inCode(end);
  }

  #inCode(char: string): void {
    const { attribute } = this;
    if (attribute === 'script') this.#script.step(char);
    if (attribute === 'style') this.#style.step(char);
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

const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The character of `&#39` or `&quot`; undefined for one that is not known here. */
function referredTo(reference: string): string | undefined {
  if (reference === '&') return '&';
  const number = /^&#(?:[xX]([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(reference);
  if (!number) return REFERENCES[reference.slice(1)];
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
