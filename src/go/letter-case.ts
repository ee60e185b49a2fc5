// Letters made large and small, character by character. Source: Go's unicode.ToUpper, ToLower and ToTitle, which know
// one character for one: `ß` has no large form that is one.

/** Vowels with an iota below: the large form is one character, where JavaScript has two. */
const IOTA = new Map(
  [
    ...[0x1f80, 0x1f90, 0x1fa0].flatMap(first =>
      Array.from({ length: 8 }, (_, i) => [first + i, first + i + 8]),
    ),
    [0x1fb3, 0x1fbc],
    [0x1fc3, 0x1fcc],
    [0x1ff3, 0x1ffc],
  ].map(codes => codes.map(code => String.fromCodePoint(code)) as [string, string]),
);
/** Letters that are two, of which a title has one large: `ǆ`, `Ǆ`, `ǅ`. */
const DIGRAPHS = ['ǅǄǆ', 'ǈǇǉ', 'ǋǊǌ', 'ǲǱǳ'].map(forms => [...forms]);

/** Each character's large form. */
export function toUpper(text: string): string {
  return [...text].map(upper).join('');
}

/** Each character's small form. */
export function toLower(text: string): string {
  // The dot of `İ` would become a character of its own.
  return [...text].map(char => (char === 'İ' ? 'i' : single(char.toLowerCase(), char))).join('');
}

/** A character's form at the beginning of a word. */
export function toTitle(char: string): string {
  // Georgian words begin with a small letter, also in titles.
  if (/[\u10d0-\u10ff]/.test(char)) return char;
  return DIGRAPHS.find(forms => forms.includes(char))?.[0] ?? upper(char);
}

function upper(char: string): string {
  return IOTA.get(char) ?? single(char.toUpperCase(), char);
}

function single(changed: string, char: string): string {
  return [...changed].length === 1 ? changed : char;
}
