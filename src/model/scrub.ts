// Texts of others without our secrets in them: a server's answer may repeat the request it did not like.

const HIDDEN = '<secret>';
/** Shorter pieces of a URL are words that stand everywhere. */
const MIN_PIECE_LENGTH = 5;
const MAX_LINE_LENGTH = 200;
/** Controls, and the marks that turn the direction of the text behind them. */
const INVISIBLE = /[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** Replaces every secret, however it is written: plain, as part of JSON, HTML or a URL, or cut off when it is long. */
export function scrub(text: string, secrets: readonly string[]): string {
  return secrets.length === 0 ? text : text.replace(patternOf(secrets), HIDDEN);
}

/** One line of at most `limit` characters and a mark of what was left out; it ends between two words where it can. */
export function oneLine(text: string, limit = MAX_LINE_LENGTH): string {
  // Through bytes and back, so that half a surrogate pair does not stay one.
  const line = Buffer.from(text).toString().replace(INVISIBLE, ' ').trim();
  if (line.length <= limit) return line;
  const head = [...line.slice(0, limit * 2)].slice(0, limit).join('');
  if (head.length >= line.length) return line;
  const space = line[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
  return `${space > limit / 2 ? head.slice(0, space) : head}…`;
}

/** What must not be seen of a URL: all but its host. */
export function secretsOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return [text];
  const url = new URL(text);
  const path = url.pathname + url.search;
  const pieces = [...url.pathname.split('/'), ...url.searchParams.values(), url.username, url.password];
  return [text, url.href, path, url.pathname, url.search]
    .filter(each => each.length > 1)
    .concat(pieces.filter(each => each.length >= MIN_PIECE_LENGTH));
}

const patterns = new WeakMap<readonly string[], RegExp>();

/** Lists of secrets that are asked for again and again are compiled once. */
function patternOf(secrets: readonly string[]): RegExp {
  const known = patterns.get(secrets);
  if (known) return known;
  const spellings = new Set(secrets.flatMap(each => [each, decoded(each)]).filter(each => each !== ''));
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  // A pattern that matches nothing, when there is nothing to hide.
  const pattern = new RegExp(longestFirst.map(formsOf).join('|') || '$^', 'g');
  patterns.set(secrets, pattern);
  return pattern;
}

/** So much of a long secret is enough to know it by: others cut what they repeat, as Redis does. */
const RECOGNIZED = 24;
/**
 * Longest secret, in UTF-16 units, that the pattern has whole. Of a longer one the pattern has the first
 * {@link RECOGNIZED} characters, and the text is hidden from there to its end.
 */
const MAX_SECRET_LENGTH = 4096;
/** Characters that keys and tokens are made of. */
const REST = '[\\w.~+/=%-]*';

function formsOf(secret: string): string {
  const isLong = secret.length > MAX_SECRET_LENGTH;
  const characters = [...(isLong ? secret.slice(0, MAX_SECRET_LENGTH) : secret)];
  const head = characters.slice(0, RECOGNIZED).map(formOf).join('');
  if (isLong) return `${head}[^]*`;
  // The beginning of a URL is its host's name, which may be shown.
  if (characters.length <= RECOGNIZED || secret.includes('://')) return characters.map(formOf).join('');
  return /[^\w.~+/=-]/.test(secret) ? `${characters.map(formOf).join('')}|${head}` : head + REST;
}

/** A character, or what JSON, URLs and HTML write for it. */
function formOf(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const code = character.codePointAt(0) as number;
  const percent = [...Buffer.from(character)].map(byte => `%${anyCase(byte, 2)}`).join('');
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  const json = units.map(unit => `\\\\u${anyCase(unit, 4)}`).join('');
  const forms = [escaped(character), percent, json, `&#0*${code};`, `&#x0*${anyCase(code, 1)};`];
  const name = HTML_NAMES[character];
  if (name) forms.push(`&${name};`);
  if (character === ' ') forms.push('\\+');
  const short = JSON.stringify(character).slice(1, -1);
  if (short !== character) forms.push(escaped(short));
  if (character === '/') forms.push('\\\\/');
  return `(?:${forms.join('|')})`;
}

const HTML_NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

function anyCase(number: number, digits: number): string {
  const hexadecimal = number.toString(16).padStart(digits, '0');
  return hexadecimal.replace(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
