// Values made safe for the place in an HTML document they are put in. Comes in: the template's own text, which is
// trusted, and values, which are not; goes out: what stands for the value. Called by execute.ts.
// Source: Go's html/template, whose contexts these are; ours are found out while the template runs.

import { escapeHtml } from './builtins.js';
import type { Escaper } from './execute.js';
import { HtmlPlace } from './html-place.js';
import { SafeText, textOf, type Value } from './value.js';

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
        return scriptValue(value);
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
      return scriptValue(value);
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

/** Nothing but numbers and truth: mail programs run no scripts, and in quotes or out of them these are harmless. */
function scriptValue(value: Value): string {
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? textOf(value) : REFUSED;
}

/** What cannot be anything but a word, a number or a colour. */
function styleWord(text: string): string {
  return /^[\w#%., +-]*$/.test(text) && !/expression|url|import/i.test(text) ? text : REFUSED;
}
