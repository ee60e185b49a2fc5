// Values made safe for the place in an HTML document they are put in. Comes in: the template's own text, which is
// trusted, and values, which are not; goes out: what stands for the value. Called by execute.ts.
// Source: Go's html/template, whose contexts these are; ours are found out while the template runs.

import { escapeHtml } from './builtins.js';
import type { Escaper } from './execute.js';
import { goJson } from './go-json.js';
import { GoTime } from './go-time.js';
import { HtmlPlace } from './html-place.js';
import { SafeText, Struct, textOf, type Value } from './value.js';

/** What html/template puts where a value has no business: a word people find when they search for it. */
const REFUSED = 'ZgotmplZ';
const SAFE_SCHEMES = new Set(['http', 'https', 'mailto', 'tel']);

/** For one document. */
export class HtmlEscaper implements Escaper {
  readonly #place = new HtmlPlace();

  literal(text: string): void {
    this.#place.read(text);
  }

  value(value: Value): string {
    const written = this.#escaped(value);
    this.#place.filled(written);
    return written;
  }

  #escaped(value: Value): string {
    const place = this.#place;
    const text = plainText(value);
    // Nobody's value decides what a tag is called.
    if (place.isMidTag) return REFUSED;
    switch (place.kind) {
      case 'text':
        return value instanceof SafeText && value.kind === 'html' ? text : escapeHtml(text);
      case 'title':
        return escapeHtml(text);
      case 'comment':
        return '';
      case 'script':
        return scriptValue(value, place);
      case 'style':
        return styleWord(text);
      case 'tag':
        return attributeName(text);
      default:
        return attribute(value, place);
    }
  }
}

function plainText(value: Value): string {
  return value instanceof SafeText ? value.text : textOf(value);
}

/** A word without meaning of its own. */
function attributeName(text: string): string {
  return /^[a-zA-Z][a-zA-Z0-9-]*$/.test(text) && !/^(?:on|style$|src|href|action|data)/i.test(text)
    ? text
    : REFUSED;
}

/** A value within an attribute's value. */
function attribute(value: Value, place: HtmlPlace): string {
  const text = attributeText(value, place);
  const escaped = escapeHtml(text);
  if (place.isQuoted) return escaped;
  // Without quotes white space and some marks would end the value.
  return escaped === ''
    ? REFUSED
    : escaped.replace(/[\s=`]/g, char => `&#${(char.codePointAt(0) as number).toString()};`);
}

function attributeText(value: Value, place: HtmlPlace): string {
  const text = plainText(value);
  switch (place.attribute) {
    case 'url':
      return value instanceof SafeText && value.kind === 'url' ? text : address(text, place);
    case 'script':
      return scriptValue(value, place);
    case 'style':
      return styleWord(text);
    case 'document':
      return escapeHtml(text);
    default:
      return text;
  }
}

/** A value within a URL: it must not bring a scheme that does something else than showing a page. */
function address(text: string, place: HtmlPlace): string {
  if (place.isInQuery) return wellFormed(text).replace(/[^A-Za-z0-9\-._~]/gu, encoded);
  if (!/[:/]/.test(place.value) && !hasSafeScheme(place.value + text)) return `#${REFUSED}`;
  return wellFormed(text).replace(/%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!#$&*+,/:;=?@[\]%]/gu, encoded);
}

function hasSafeScheme(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon < 0 || /[/?#]/.test(text.slice(0, colon))) return true;
  return SAFE_SCHEMES.has(text.slice(0, colon).toLowerCase());
}

/** Bytes as %XX; a character outside of ASCII takes several. */
function encoded(char: string): string {
  return [...Buffer.from(char)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** What ends a string or an element is written otherwise. */
const SCRIPT_ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '/': '\\/',
  '\\': '\\\\',
};

/** A literal where an expression stands, escaped text within quotes. */
function scriptValue(value: Value, place: HtmlPlace): string {
  switch (place.script) {
    case 'value':
      return scriptLiteral(value);
    case 'string':
      return wellFormed(plainText(value)).replace(
        /[\0\t\n\v\f\r"`&'+/<>\\\u2028\u2029]/g,
        char => SCRIPT_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    case 'comment':
      return '';
    default:
      return REFUSED;
  }
}

/** JSON, apart from the words beside it. */
function scriptLiteral(value: Value): string {
  const literal = scriptJson(value);
  return /^[\w$]|[\w$]$/.test(literal) ? ` ${literal} ` : literal;
}

function scriptJson(value: Value): string {
  try {
    return goJson(value instanceof Struct && value.text && !(value instanceof GoTime) ? value.text() : value);
  } catch (error) {
    // As Go has it, without what could end the comment.
    return ` /* ${(error as Error).message.replaceAll('*/', '* /').replaceAll('<', '')} */null `;
  }
}

/** What cannot be anything but a word, a number or a colour. */
function styleWord(text: string): string {
  return /^[\w#%., +-]*$/.test(text) && !/expression|url|import/i.test(text) ? text : REFUSED;
}
