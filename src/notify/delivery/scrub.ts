// Texts of others without our secrets in them: a server's answer may repeat the request it did not like.

import type { HttpClientConfig } from '../../config/http-client.js';
import { revealed, type SecretSource } from '../../model/secret.js';

const HIDDEN = '<secret>';
/** Shorter pieces of a URL are words that stand everywhere. */
const SHORTEST_PIECE = 5;
const LONGEST_LINE = 200;

/** Replaces every secret, however it is written. */
export function scrub(text: string, secrets: readonly string[]): string {
  const spellings = new Set(secrets.flatMap(spellingsOf).filter(secret => secret !== ''));
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** One line of a bounded length, for a message. */
export function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > LONGEST_LINE ? `${[...line].slice(0, LONGEST_LINE).join('')}…` : line;
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

/** What must not be seen of an `<http_config>`. A secret whose file cannot be read is none. */
export function secretsOfHttp({ basic_auth: basic, authorization, headers }: HttpClientConfig): string[] {
  const password = reveal(basic?.password);
  const pair = basic ? [`${revealIt(basic.username)}:${password}`] : [];
  return [
    password,
    ...pair.map(each => Buffer.from(each).toString('base64')),
    reveal(authorization?.credentials),
    ...Object.values(headers ?? {}).map(reveal),
  ].filter(each => each !== '');
}

function reveal(secret: SecretSource | undefined): string {
  return secret === undefined ? '' : revealIt(secret);
}

function revealIt(secret: string | SecretSource): string {
  try {
    return revealed(secret);
  } catch {
    return '';
  }
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
