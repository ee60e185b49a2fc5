// What a health URL's answer says: the JSON in it, and whether its status code is a good one. Also used by the other
// kinds that ask a URL.

import { hideCredentials } from '../../../model/hide-credentials.js';
import { oneLine, scrub } from '../../../model/scrub.js';
import type { HttpResponse } from '../../http/request.js';
import { ProbeFailure } from '../../probe.js';
import { isDeep } from './depth.js';
import { explanationOf, textOf, titleOf } from './explanation.js';

/** A longer body is left out of the document's `data`, in characters. */
const DATA_LIMIT = 64 * 1024;
/** Of a body that only its first words are shown of, in bytes. */
const MAX_BRIEF_LENGTH = 16 * 1024;
/** Of a server's own words in the reason of a failure, in characters. */
const MAX_EXPLANATION_LENGTH = 200;

export interface JsonBody {
  readonly value: unknown;
  readonly text: string;
}

/**
 * A body's text as the document's `data`; undefined for one that is too long or too deeply nested for it: it becomes a
 * part of the answers that others read. A server may repeat the request it got: its credentials are not shown.
 */
export function dataOf({ text, value }: JsonBody, secrets: readonly string[] = []): string | undefined {
  if (text.length > DATA_LIMIT || isDeep(value)) return undefined;
  const clean = scrub(text, secrets);
  return clean === text || isJson(clean) ? clean : undefined;
}

/** A JSON body whose names and texts hold none of our credentials. */
export function withoutSecrets({ text, value }: JsonBody, secrets: readonly string[]): unknown {
  const clean = scrub(text, secrets);
  if (clean === text) return value;
  return isJson(clean) ? JSON.parse(clean) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** First bytes of a JSON value: `{["-tfn` and digits. */
const FIRST = new Set([...'{["-tfn0123456789'].map(character => character.charCodeAt(0)));

/** The body as JSON, with its text; undefined when it is none. A byte order mark is skipped (RFC 8259, 8.1). */
export function parseJson({ body }: HttpResponse): JsonBody | undefined {
  const from = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  if (!FIRST.has(firstVisible(body, from))) return undefined;
  const text = body.toString('utf8', from);
  try {
    return { value: JSON.parse(text), text };
  } catch {
    return undefined;
  }
}

function firstVisible(body: Buffer, from: number): number {
  for (let i = from; i < body.length; i++) if ((body[i] as number) > 0x20) return body[i] as number;
  return 0;
}

/** What a body that {@link parseJson} does not take is instead, as the end of a sentence. */
export function notJson(answer: HttpResponse): string {
  const { body, encoding } = answer;
  const from = answer.redirectedFrom ? ` (${redirectNote(answer)})` : '';
  if (encoding)
    return `the body is compressed (${encoding}), which was not asked for and is not decoded${from}`;
  if (body.length === 0) return `the body is empty${from}`;
  const wide = wideEncoding(body);
  if (wide) return `the body is ${wide}; JSON is UTF-8`;
  const text = textOf(answer, body.length);
  const number = foreignNumber(text);
  if (number) return `the body is not JSON: it holds ${number}, which JSON has no number for`;
  const title = titleOf(answer, text);
  if (title !== undefined)
    return `the body is HTML${title ? ` (${oneLine(title, 80)})` : ''}, not JSON${from}`;
  return `the body is not JSON${from}`;
}

/** UTF-16 or UTF-32 by its byte order mark or by the zeros of its ASCII characters. */
function wideEncoding(body: Buffer): string | undefined {
  const [a, b, c, d] = body;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0)) return 'UTF-32';
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16';
  if (body.length > 1 && (a === 0) !== (b === 0)) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16';
  return undefined;
}

/** A NaN or Infinity, as Python and Go write them, in what is JSON otherwise. */
function foreignNumber(text: string): string | undefined {
  let first: string | undefined;
  const without = text.replace(/"(?:[^"\\]|\\.)*"|[+-]?\b(?:NaN|Infinity|Inf|nan|inf)\b/g, token => {
    if (token.startsWith('"')) return token;
    first ??= token;
    return '0';
  });
  return first !== undefined && isJson(without.replace(/^\ufeff/, '')) ? first : undefined;
}

/** @throws ProbeFailure with the server's own words when the status code is not a wanted one (2xx unless said). */
export function checkStatus(
  answer: HttpResponse,
  wanted: readonly number[] | undefined,
  body: unknown,
): void {
  const { statusCode } = answer;
  if (wanted ? wanted.includes(statusCode) : statusCode >= 200 && statusCode < 300) return;
  const isAuth = statusCode === 401 || statusCode === 403;
  const said = spoken(explanationOf(answer, body), answer.secrets);
  const dropped = isAuth && answer.credentialsDroppedAt ? `: ${droppedNote(answer)}` : '';
  throw new ProbeFailure(isAuth ? 'auth' : 'status', `HTTP ${statusCode}${said && ` (${said})`}${dropped}`);
}

/** Another server's words as they may be shown. */
function spoken(text: string, secrets: readonly string[]): string {
  // Cut only after a secret that the end would cut in two has been found.
  return oneLine(hideCredentials(oneLine(scrub(text, secrets), 1000)), MAX_EXPLANATION_LENGTH);
}

/** `http://host/path answered text/html (Sign in), not what was wanted`, for a URL that another server seems to be at. */
export function unexpectedResponse(answer: HttpResponse, wanted: string): string {
  const { url, headers, statusCode, encoding } = answer;
  const type = String(headers['content-type'] ?? 'without a content type').replace(/;.*/, '');
  const words = encoding ? encoding : spokenBriefly(answer, textOf(answer, MAX_BRIEF_LENGTH));
  const from = answer.redirectedFrom ? `${originAndPath(answer.redirectedFrom)} redirected to ` : '';
  return `${from}${originAndPath(url)} answered ${statusCode} ${type} (${words}), not ${wanted}`;
}

function spokenBriefly(answer: HttpResponse, text: string): string {
  return oneLine(spoken(titleOf(answer, text) || text, answer.secrets), 40) || 'nothing';
}

function originAndPath(url: URL): string {
  return url.origin + url.pathname.replace(/;csv$/, '');
}

/** Where an answer came from after redirects, without what may be secret of the address. */
function redirectNote({ url, redirectedFrom }: HttpResponse): string {
  return redirectedFrom ? `redirected to ${originAndPath(url)}` : '';
}

function droppedNote({ url, credentialsDroppedAt }: HttpResponse): string {
  return (
    `credentials are not sent on where ${credentialsDroppedAt} redirects to ${url.origin}; ` +
    `write ${originAndPath(url)} as the URL`
  );
}
