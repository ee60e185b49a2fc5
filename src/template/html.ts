// Values made safe for the place in an HTML document they are put in. Comes in: the template's own text, which is
// trusted, and values, which are not; goes out: what stands for the value.
// Source: Go's html/template, whose contexts these are; ours are found out while the template runs.

import { goJson } from '../go/json.js';
import { GoTime } from '../go/time.js';
import { SafeText, Struct, textOf, type Value } from '../go/value.js';
import type { Escaper } from './execute.js';
import { isHarmlessName } from './html-attributes.js';
import { HtmlContext } from './html-context.js';
import {
  address,
  hasSafeScheme,
  htmlText,
  imageSet,
  REFUSED,
  scriptLiteral,
  scriptRegexp,
  scriptString,
  styleString,
  styleWord,
  unquotedText,
  withoutTags,
} from './html-escapes.js';
import type { StyleContext } from './style-context.js';

/** For one document. */
export class HtmlEscaper implements Escaper {
  readonly #place = new HtmlContext();

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
    // No value may decide what a tag is called.
    if (place.isMidTag) return REFUSED;
    switch (place.kind) {
      case 'text':
        return value instanceof SafeText && value.kind === 'html' ? text : htmlText(text);
      case 'title':
        return htmlText(text);
      case 'comment':
        return '';
      case 'script':
        return scriptValue(value, place);
      case 'style':
        return styleValue(value, place.style);
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

/** A name without meaning of its own. */
function attributeName(text: string): string {
  const name = text.toLowerCase();
  return isHarmlessName(name) ? name : REFUSED;
}

/** A value within an attribute's value. */
function attribute(value: Value, place: HtmlContext): string {
  const isHtml = value instanceof SafeText && value.kind === 'html' && place.attribute === 'plain';
  if (isHtml && place.isQuoted) return withoutTags(value.text);
  const text = attributeText(value, place);
  return place.isQuoted ? htmlText(text) : unquotedText(text);
}

function attributeText(value: Value, place: HtmlContext): string {
  const text = plainText(value);
  const isUrl = value instanceof SafeText && value.kind === 'url';
  switch (place.attribute) {
    case 'url':
      return isUrl ? text : address(text, place.value);
    case 'images':
      return isUrl ? text : imageSet(text);
    case 'script':
      return scriptValue(value, place);
    case 'style':
      return styleValue(value, place.style);
    case 'document':
      return htmlText(text);
    default:
      return text;
  }
}

/** A literal where an expression stands, escaped text within quotes. */
function scriptValue(value: Value, place: HtmlContext): string {
  switch (place.script) {
    case 'value':
      return scriptExpression(value);
    case 'string':
      return scriptString(plainText(value));
    case 'regexp':
      return scriptRegexp(plainText(value));
    case 'literal':
      return scriptLiteral(plainText(value));
    case 'comment':
      return '';
    default:
      return REFUSED;
  }
}

/** JSON, apart from the words beside it. */
function scriptExpression(value: Value): string {
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

/** A word where a value of a property stands, escaped text within quotes. */
function styleValue(value: Value, { kind, text: before }: StyleContext): string {
  const text = plainText(value);
  switch (kind) {
    case 'value':
      return styleWord(text);
    case 'string':
      // Some properties take a string as a URL.
      return styleString(/[:/?#]/.test(before) || hasSafeScheme(before + text) ? text : `#${REFUSED}`);
    case 'url':
      return styleAddress(address(text, before));
    case 'comment':
      return '';
    default:
      return REFUSED;
  }
}

/** A URL that ends no `url(...)` and no quotes. */
function styleAddress(url: string): string {
  return url.replace(/[()'"*]/g, char => `%${char.charCodeAt(0).toString(16)}`);
}
