// Values written so that they stay what they are at a place in an HTML document. Comes in: text; goes out: text.
// Source: Go's html/template: html.go, js.go, css.go and url.go.

/** What html/template puts where a value must not stand: a word people find when they search for it. */
export const REFUSED = 'ZgotmplZ';
const SAFE_SCHEMES = new Set(['http', 'https', 'mailto', 'tel']);

const MARKS: Readonly<Record<string, string>> = {
  '\0': '\uFFFD',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
};

/** Text between tags, or within quotes of an attribute. */
export function htmlText(text: string): string {
  return text.replace(/[\0"&'+<>]/g, char => MARKS[char] as string);
}

/** The value of an attribute without quotes, which white space and some marks would end. */
export function unquotedText(text: string): string {
  if (text === '') return REFUSED;
  return htmlText(text).replace(/[\s=`]/g, char => `&#${(char.codePointAt(0) as number).toString()};`);
}

/** Text alone of what is HTML already, for an attribute's value. */
export function withoutTags(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<\/?[a-zA-Z](?:"[^"]*"|'[^']*'|[^>"'])*>/g, '')
    .replace(/["'+<>\0]/g, char => MARKS[char] as string);
}

/** A URL, or the rest of one that `before` began: it must not bring a scheme that does more than show a page. */
export function address(text: string, before: string): string {
  if (/[?#]/.test(before)) return wellFormed(text).replace(/[^A-Za-z0-9\-._~]/gu, encoded);
  if (!/[:/]/.test(before) && !hasSafeScheme(before + text)) return `#${REFUSED}`;
  return normalized(text);
}

/** A URL of which only what cannot stand in one is written otherwise. */
function normalized(text: string): string {
  return wellFormed(text).replace(/%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!#$&*+,/:;=?@[\]%]/gu, encoded);
}

/** Candidates of an image, with commas between. */
export function imageSet(text: string): string {
  return text
    .split(',')
    .map(candidate => {
      const [, before, url, after] =
        /^([\t\n\f\r ]*)([^\t\n\f\r ]*)([\t\n\f\r A-Za-z0-9]*)$/.exec(candidate) ?? [];
      return url !== undefined && hasSafeScheme(url) ? `${before}${normalized(url)}${after}` : `#${REFUSED}`;
    })
    .join(',');
}

export function hasSafeScheme(text: string): boolean {
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

/** Text within quotes of a script. */
export function scriptString(text: string): string {
  return wellFormed(text).replace(
    /[\0\t\n\v\f\r"`&'+/<>\\\u2028\u2029]/g,
    char => SCRIPT_ESCAPES[char] ?? hexadecimal(char),
  );
}

/** Text of a template literal. */
export function scriptLiteral(text: string): string {
  return wellFormed(text).replace(
    /[\0\t\n\v\f\r"`&'+/<>\\${}\u2028\u2029]/g,
    char => SCRIPT_ESCAPES[char] ?? hexadecimal(char),
  );
}

/** Text that a regular expression matches as it is. */
export function scriptRegexp(text: string): string {
  if (text === '') return '(?:)';
  return wellFormed(text).replace(/[\0\t\n\v\f\r"$&'()*+\-./<>?[\\\]^{|}\u2028\u2029]/g, char => {
    if (/[$()*.?[\]^{|}-]/.test(char)) return `\\${char}`;
    return SCRIPT_ESCAPES[char] ?? hexadecimal(char);
  });
}

function hexadecimal(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text within quotes of a style. */
export function styleString(text: string): string {
  return wellFormed(text).replace(/[\0\t\n\f\r"&'()+/:;<>\\{}]/g, (char, at: number, whole: string) => {
    if (char === '\\') return '\\\\';
    const next = whole[at + 1];
    // A digit or a blank after it would be read as its end.
    const space = next === undefined || /[0-9a-fA-F\t\n\f\r ]/.test(next) ? ' ' : '';
    return `\\${(char.codePointAt(0) as number).toString(16)}${space}`;
  });
}

/** Words, numbers and colours: what can be nothing else in a style. */
export function styleWord(text: string): string {
  const letters = text.replace(/\W/g, '').toLowerCase();
  const isRefused = /[\0"'()/;@[\\\]`{}<>]|--/.test(text) || /expression|mozbinding/.test(letters);
  return isRefused ? REFUSED : text;
}
