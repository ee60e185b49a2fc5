// Constants as Go writes them. Undefined is no constant.

const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;
/** Bytes above 0x7f; a backslash before them would be escaped itself. */
const BYTES = /(?<=(?<!\\)(?:\\\\)*)(?:\\x[89a-fA-F][0-9a-fA-F]|\\[23][0-7]{2})+/g;

/** A string in quotes or backticks. */
export function stringValue(text: string): string | undefined {
  const body = text.slice(1, -1);
  return text.startsWith('`') ? body : unquoted(body, '"');
}

/** A character: its code point as an int. */
export function charValue(text: string): bigint | undefined {
  const chars = [...(unquoted(text.slice(1, -1), "'") ?? '')];
  return chars.length === 1 ? BigInt((chars[0] as string).codePointAt(0) as number) : undefined;
}

function unquoted(body: string, quote: string): string | undefined {
  let wrong = false;
  // Bytes above 0x7f written one by one are one character's UTF-8.
  const joined =
    quote === "'"
      ? body
      : body.replace(BYTES, bytes => {
          const values = [...bytes.matchAll(ESCAPE)].map(([, hex, , , octal]) =>
            hex === undefined ? Number.parseInt(octal as string, 8) : Number.parseInt(hex, 16),
          );
          return values.every(value => value > 0x7f && value <= 0xff)
            ? Buffer.from(values).toString()
            : bytes;
        });
  const text = joined.replace(ESCAPE, (_, hex, short, long, octal, single: string | undefined) => {
    if (hex) return byte(Number.parseInt(hex, 16));
    if (octal) return byte(Number.parseInt(octal, 8));
    if (short || long) return codePoint(Number.parseInt(short ?? long, 16)) ?? fail();
    const known = ESCAPES[single as string];
    return known === undefined || ((single === '"' || single === "'") && single !== quote) ? fail() : known;
  });
  return wrong ? undefined : text;

  function fail(): string {
    wrong = true;
    return '';
  }
}

function byte(value: number): string {
  return String.fromCharCode(value);
}

function codePoint(value: number): string | undefined {
  return value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? undefined : String.fromCodePoint(value);
}

/** An int when it is whole and written so, else a float64. */
export function numberValue(text: string): bigint | number | undefined {
  const bare = text.replaceAll('_', '');
  const sign = bare.startsWith('-') ? -1n : 1n;
  const digits = bare.replace(/^[+-]/, '');
  if (/^0[xXoObB]/.test(digits)) return sign * BigInt(digits.toLowerCase());
  if (/^0[0-7]+$/.test(digits)) return sign * BigInt(`0o${digits.slice(1)}`);
  if (/^\d+$/.test(digits)) return sign * BigInt(digits);
  const value = Number(bare);
  return Number.isNaN(value) ? undefined : value;
}
