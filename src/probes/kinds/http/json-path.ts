// Paths into a JSON body: the child and index parts of JSONPath, which name one value. Conditions are written in it,
// and the numbers of a body are shown under it. Pure.
//
//   path   = ["$"] part*        "$" alone is the whole body; without it the path begins with a name or a bracket
//   part   = "." name | "[" index "]" | "['" text "']" | '["' text '"]'
//   name   = characters other than space, control and . [ ] ( ) { } ' " ` \ * ? @ , = < > ! & |
//   index  = an integer; a negative one counts from the end
//   text   = with the escapes of JSON, and \'
//
// Two rules are kept for paths without quotes: a name of digits is an index where a list is (`checks.0.state`), and
// where a name is missing, the names behind it are tried with it as one key that has dots (`llama3.2:3b`).
// Source: RFC 9535, 2.3.1 and 2.3.3.

/** One step down. */
interface PathPart {
  readonly key: string | number;
  /** Written without quotes. */
  readonly bare: boolean;
}

/** What is wrong with a path, as one line for its author. */
export class PathError extends Error {}

const NAME = /[^\s\p{Cc}\p{Cs}.[\](){}'"`\\*?@,=<>!&|]+/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
  ...{ '"': '"', "'": "'", '\\': '\\', '/': '/' },
};

/** Reads a path. @throws PathError */
export function parsePath(path: string): PathPart[] {
  return new PathReader(path).read();
}

/** The value at a path; undefined where there is none. */
export function valueAt(body: unknown, path: readonly PathPart[]): unknown {
  const [first, ...rest] = path;
  if (!first) return body;
  const inner = childOf(body, first.key, first.bare);
  if (inner !== undefined) return valueAt(inner, rest);
  let key = String(first.key);
  for (let i = 0; first.bare && rest[i]?.bare; i++) {
    key += `.${rest[i]?.key}`;
    const joined = childOf(body, key, true);
    const found = joined === undefined ? undefined : valueAt(joined, rest.slice(i + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function childOf(value: unknown, key: string | number, bare: boolean): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const index = bare && /^\d+$/.test(String(key)) ? Number(key) : key;
    return typeof index === 'number' ? value.at(index) : undefined;
  }
  return typeof key === 'string' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** The path of a key below another path, in quotes only where it needs them; the path of the body itself is empty. */
export function pathBelow(path: string, key: string): string {
  if (key.startsWith('$') || nameAt(key, 0) !== key || key === '')
    return `${path === '' ? '$' : path}[${quote(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The name that begins there, as far as it goes without quotes. */
function nameAt(text: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? '';
}

function quote(key: string): string {
  // JSON's own escapes, also of half a character, between single quotes.
  const inner = JSON.stringify(key).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replace(/[\u007f-\u009f\u2028\u2029]/g, escaped)}'`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

class PathReader {
  readonly #path: string;
  #at = 0;

  constructor(path: string) {
    this.#path = path;
  }

  read(): PathPart[] {
    const parts: PathPart[] = [];
    if (this.#next === '$') this.#at++;
    else if (this.#next !== '[') parts.push(this.#name());
    while (this.#at < this.#path.length) {
      if (this.#next === '[') parts.push(this.#bracket());
      else if (this.#next === '.') {
        this.#at++;
        parts.push(this.#name());
      } else throw this.#error(`expected "." or "["${this.#quoting()}`);
    }
    return parts;
  }

  get #next(): string {
    return this.#path[this.#at] ?? '';
  }

  #name(): PathPart {
    const begin = this.#at;
    const key = nameAt(this.#path, begin);
    this.#at += key.length;
    if (key !== '') return { key, bare: true };
    if (this.#next === '.' && begin > 0)
      throw this.#error('".." is not supported; a path names one value, step by step');
    if (this.#next === '*') throw this.#error('"*" is not supported; a path names one value');
    throw this.#error(`expected a name${this.#quoting()}`);
  }

  #bracket(): PathPart {
    const begin = this.#at++;
    this.#skipSpaces();
    const key = this.#next === "'" || this.#next === '"' ? this.#text(this.#next) : this.#index(begin);
    this.#skipSpaces();
    if (this.#next !== ']') throw this.#error('expected "]"');
    this.#at++;
    return { key, bare: false };
  }

  #index(begin: number): number {
    const [digits] = /^-?(?:0|[1-9]\d{0,14})(?=\s*\])/.exec(this.#path.slice(this.#at)) ?? [];
    if (digits === undefined || digits === '-0') {
      const end = this.#path.indexOf(']', begin);
      const inner = end < 0 ? '' : this.#path.slice(begin + 1, end).trim();
      throw this.#error(
        /^[*?]|^-?\d*:|,/.test(inner)
          ? 'filters, slices and "*" are not supported; a path names one value'
          : "in brackets stands an index, [0], or a key in quotes, ['key']",
      );
    }
    this.#at += digits.length;
    return Number(digits);
  }

  #text(end: string): string {
    const begin = this.#at++;
    let text = '';
    while (this.#next !== end) {
      if (this.#next === '') {
        this.#at = begin;
        throw this.#error(`no closing ${end}`);
      }
      text += this.#next === '\\' ? this.#escape() : this.#next;
      this.#at++;
    }
    this.#at++;
    return text;
  }

  /** Leaves the position on the escape's last character. */
  #escape(): string {
    const [, letter = '', hex] = /^\\(u([0-9a-fA-F]{4})|.?)/su.exec(this.#path.slice(this.#at)) ?? [];
    const character = hex === undefined ? ESCAPES[letter] : String.fromCharCode(Number.parseInt(hex, 16));
    if (character === undefined) throw this.#error(`no escape "\\${letter}"`);
    this.#at += letter.length;
    return character;
  }

  #skipSpaces(): void {
    while (/[ \t\r\n]/.test(this.#next)) this.#at++;
  }

  #quoting(): string {
    const next = this.#next;
    return next === '' || next === '.' ? '' : "; a key with other characters is written in quotes, ['key']";
  }

  #error(message: string): PathError {
    const where =
      this.#at < this.#path.length
        ? `at ${JSON.stringify(this.#path.slice(this.#at, this.#at + 20))}`
        : 'at the end';
    return new PathError(`not a path, ${where}: ${message}`);
  }
}
