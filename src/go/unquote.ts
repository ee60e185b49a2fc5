// What a quoted string says (Prometheus' util/strutil.Unquote). Go's strings are bytes and ours are UTF-16: a byte that
// belongs to no UTF-8 character becomes the lone surrogate U+DC00 + byte, so that a check for well-formed text sees it.

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gsu;

/** The value of a string token whose form the lexer has checked. */
export function unquote(token: string): string {
  const inner = token.slice(1, -1);
  if (token.startsWith('`') || !inner.includes('\\')) return inner;
  let bytes = false;
  const value = inner.replace(ESCAPE, (_, x, u, big, octal, char) => {
    const byte = x ? Number.parseInt(x, 16) : octal ? Number.parseInt(octal, 8) : undefined;
    if (byte !== undefined) {
      bytes ||= byte >= 0x80;
      return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
    }
    if (u ?? big) return String.fromCodePoint(Number.parseInt(u ?? big, 16));
    return SIMPLE[char] ?? char;
  });
  return bytes ? value.replace(/[\udc80-\udcff]+/g, run => joinBytes(run)) : value;
}

/** Bytes written one by one, as the characters they make up. */
function joinBytes(run: string): string {
  const bytes = Array.from({ length: run.length }, (_, i) => run.charCodeAt(i) - 0xdc00);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const char = characterFrom(bytes, at);
    text += char?.text ?? run.charAt(at);
    at += char?.length ?? 1;
  }
  return text;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function characterFrom(bytes: readonly number[], at: number): { text: string; length: number } | undefined {
  const first = bytes[at] as number;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  try {
    return { text: decoder.decode(Uint8Array.from(bytes.slice(at, at + length))), length };
  } catch {
    return undefined;
  }
}
