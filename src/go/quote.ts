// Go's quoting (strconv.Quote and QuoteRune), which Prometheus uses in its messages and when it prints expressions.

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text in double quotes, as `%q` prints it. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const char of text) quoted += escaped(char, '"');
  return `${quoted}"`;
}

/** A text in double quotes, shortened to its first characters (`%.10q...`). */
export function quoteStart(text: string, characters: number): string {
  const start = [...text.slice(0, 2 * characters + 1)].slice(0, characters).join('');
  return start.length < text.length ? `${quote(start)}...` : quote(text);
}

/** A text in double quotes without anything but ASCII, as `%+q` prints it. */
export function quoteAscii(text: string): string {
  return `"${[...text].map(char => asciiOnly(char, escaped(char, '"'))).join('')}"`;
}

/** One character in single quotes, as `%q` prints a rune. */
export function quoteCharacter(char: string): string {
  return `'${escaped(char, "'")}'`;
}

/** One character in single quotes without anything but ASCII, as `%+q` prints a rune. */
export function quoteCharacterAscii(char: string): string {
  return `'${asciiOnly(char, escaped(char, "'"))}'`;
}

/** Whether a text can be written between back-ticks: one line of printable characters without a back-tick. */
export function canBackquote(text: string): boolean {
  return [...text].every(char => {
    const code = char.codePointAt(0) as number;
    const isControl = (code < 0x20 && char !== '\t') || code === 0x7f;
    // Half of a pair, and the mark of the byte order.
    const isNoCharacter = (code >= 0xd800 && code <= 0xdfff) || code === 0xfeff;
    return !isControl && !isNoCharacter && char !== '`';
  });
}

/** Whether Go takes a character for printable: letters, marks, numbers, punctuation, symbols and the space. */
export function isPrintable(char: string): boolean {
  return PRINTABLE.test(char);
}

function asciiOnly(char: string, escapedChar: string): string {
  const code = char.codePointAt(0) as number;
  if (code < 0x80 || escapedChar.startsWith('\\')) return escapedChar;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

/** One character as `%#U` prints it: `U+0041 'A'`. */
export function unicodeOf(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return PRINTABLE.test(char) ? `U+${code} '${char}'` : `U+${code}`;
}

function escaped(char: string, delimiter: string): string {
  if (char === delimiter) return `\\${char}`;
  const short = ESCAPES[char];
  if (short) return short;
  if (PRINTABLE.test(char)) return char;
  const code = char.codePointAt(0) as number;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  // A byte that is no UTF-8 (see parse/string-literal.ts).
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
