// Texts of others without our secrets in them: a server's answer may repeat the request it did not like.

const HIDDEN = '<secret>';
/** Shorter pieces of a URL are words that stand everywhere. */
const SHORTEST_PIECE = 5;
const LONGEST_LINE = 200;
/** Controls, and the marks that turn the direction of the text behind them. */
const INVISIBLE = /[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** Replaces every secret, however it is written. */
export function scrub(text: string, secrets: readonly string[]): string {
  const spellings = new Set(secrets.flatMap(spellingsOf).filter(secret => secret !== ''));
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** One line of at most `limit` characters and a mark of what was left out; it ends between two words where it can. */
export function oneLine(text: string, limit = LONGEST_LINE): string {
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
    .concat(pieces.filter(each => each.length >= SHORTEST_PIECE));
}

function spellingsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(Buffer.from(secret).toString()),
    decoded(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
