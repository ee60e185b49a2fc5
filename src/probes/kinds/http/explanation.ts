// What a server says is the matter, in the forms that health endpoints and model servers use. Pure; the caller bounds
// the text and hides what is secret in it.
// Source: RFC 9457 (title, detail); OpenAI, Ollama and text-embeddings-inference (error); FastAPI (detail); Spring Boot
// (error, message, status); OAuth 2.0, RFC 6749, 5.2 (error, error_description).

import { STATUS_CODES } from 'node:http';
import { locationOf } from '../../http/redirect.js';
import type { HttpResponse } from '../../http/request.js';

/** More of a body is not looked at, in bytes. */
const MAX_TEXT_LENGTH = 64 * 1024;
const MAX_EVENT_LENGTH = 8192;
/** Of a list of problems, in entries. */
const MAX_PROBLEMS = 3;
/** Of a service that lists them. */
const MAX_PARTS = 200;
const MAX_DEPTH = 4;

/** The words of an answer, as the server wrote them: of its JSON, its text, its page or its headers; '' without any. */
export function explanationOf(answer: HttpResponse, json: unknown): string {
  const { statusCode } = answer;
  const location = locationOf(answer);
  if (statusCode >= 300 && statusCode < 400 && location !== undefined)
    return `redirects to ${location.replace(/[?#].*/s, '')}`;
  const said = json === undefined ? fromText(answer) : withoutCode(fromJson(json, 0).trim(), statusCode);
  return said || fromHeaders(answer);
}

/** What a body that is no JSON says. */
function fromText(answer: HttpResponse): string {
  const { body, statusCode, encoding } = answer;
  if (encoding || body.length === 0 || body.includes(0)) return '';
  const text = textOf(answer, MAX_TEXT_LENGTH);
  const title = titleOf(answer, text);
  if (title !== undefined)
    return withoutCode(title, statusCode) || withoutCode(wordsOfPage(text), statusCode);
  const event = fromEvents(text);
  if (event !== '') return withoutCode(event, statusCode);
  if (isXml(answer, text)) return withoutCode(wordsOfXml(text), statusCode);
  return isBinary(answer) ? '' : withoutCode(text.trim(), statusCode);
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a redirect fails to lead, and why credentials were not taken (RFC 6750, 3). */
function fromHeaders({ headers, statusCode }: HttpResponse): string {
  if (REDIRECTS.has(statusCode)) return 'redirects without a Location';
  const challenge = statusCode === 401 ? [headers['www-authenticate'] ?? []].flat().join(', ') : '';
  const said = (name: string) => new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, 'i').exec(challenge)?.[1] ?? '';
  return said('error_description') || said('error');
}

const CHARSET = /;\s*charset\s*=\s*"?([\w:.+-]{1,40})/i;
const META_CHARSET = /<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?([\w:.+-]{1,40})/i;

/** The beginning of a body as text, in the encoding that its type or its page names; UTF-8 without one that is known. */
export function textOf({ body, headers }: Pick<HttpResponse, 'body' | 'headers'>, bytes: number): string {
  const start = body.subarray(0, bytes);
  const type = String(headers['content-type'] ?? '');
  const charset = (CHARSET.exec(type) ?? META_CHARSET.exec(start.toString('latin1', 0, 1024)))?.[1];
  try {
    return new TextDecoder(charset).decode(start);
  } catch {
    return start.toString('utf8');
  }
}

/** The title of an HTML page, or its first heading; '' for a page without; undefined for something else. */
export function titleOf({ headers }: Pick<HttpResponse, 'headers'>, text: string): string | undefined {
  const type = String(headers['content-type'] ?? '');
  if (!/^text\/html|^application\/xhtml/i.test(type) && !/^\s*<(?:!doctype\s+html|html)\b/i.test(text))
    return undefined;
  const found =
    /<title\b[^>]*>([^<]*)/i.exec(text)?.[1]?.trim() || /<h1\b[^>]*>(.*?)<\/h1>/is.exec(text)?.[1] || '';
  return decodeEntities(found.replace(/<[^>]*>/g, ' ')).trim();
}

/** What a page says below its heading, which a proxy's repeats the status code in: HAProxy's and nginx' do. */
function wordsOfPage(text: string): string {
  return withoutTags(
    text
      .replace(/<(head|script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ')
      .replace(/<h1\b[^>]*>[\s\S]*?<\/h1\s*>/i, ' '),
  );
}

/** The first of the events of a stream, as model servers report a failure of one. */
function fromEvents(text: string): string {
  const data = /^data:[ \t]*(\{.*\})[ \t]*$/m.exec(text.slice(0, MAX_EVENT_LENGTH))?.[1];
  try {
    return data === undefined ? '' : fromJson(JSON.parse(data), 0).trim();
  } catch {
    return '';
  }
}

function isXml({ headers }: HttpResponse, text: string): boolean {
  return /[/+]xml\b/i.test(String(headers['content-type'] ?? '')) || /^\s*<\?xml\b/.test(text);
}

/** The message in an XML document (S3, SOAP), else all of its text. */
function wordsOfXml(text: string): string {
  const message = /<(?:\w+:)?(?:message|faultstring|detail|description)\b[^>]*>([^<]+)</i.exec(text)?.[1];
  return message ? decodeEntities(message).trim() : withoutTags(text);
}

function withoutTags(text: string): string {
  const bare = text.replace(/<!--[\s\S]*?-->|<[^>]*>/g, ' ');
  return decodeEntities(bare).replace(/\s+/g, ' ').trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|(\w{2,6}));/g, (whole, code: string | undefined, name: string) =>
    code ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : (ENTITIES[name] ?? whole),
  );
}

/** "503 Service Unavailable" under "HTTP 503" says its number twice, and what every server says of that number. */
function withoutCode(text: string, statusCode: number): string {
  const words = text.startsWith(`${statusCode} `) ? text.slice(String(statusCode).length).trim() : text;
  if (NUMBERED.some(key => words === `${key} ${statusCode}`)) return '';
  return words.toLowerCase() === STATUS_CODES[statusCode]?.toLowerCase() ? '' : words;
}

const BINARY =
  /^(?:image|audio|video|font)\/|^application\/(?:octet-stream|zip|gzip|pdf|wasm|grpc|protobuf|x-protobuf)/i;

function isBinary({ headers }: HttpResponse): boolean {
  return BINARY.test(String(headers['content-type'] ?? ''));
}

/** What goes wrong, by the key that says it; the first that says something counts. */
const PROBLEM = [
  ...['error', 'title', 'detail', 'message', 'msg', 'errors', 'reason', 'fault', 'faultstring'],
  ...['error_message', 'errorMessage', 'error_msg', 'description', 'output'],
];
/** What is added behind a short one. */
const FURTHER = ['error_description', 'message', 'detail', 'msg', 'reason', 'description'];
const LAST = ['status', 'state', 'code', 'type'];
/** Beside a wrong status code these explain nothing. */
const WELL = /^(?:alive|healthy|ok|okay|pass|passing|ready|running|success|up)$/i;

function fromJson(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return '';
  if (Array.isArray(value)) return fromList(value, depth);
  const fields = value as Record<string, unknown>;
  const said = (key: string) => (Object.hasOwn(fields, key) ? fromJson(fields[key], depth + 1) : '').trim();
  const validation = fromValidation(fields);
  if (validation) return validation;
  const key = PROBLEM.find(each => said(each) !== '') ?? LAST.find(each => said(each) !== '');
  if (key === undefined) return failingParts(fields, depth) || numberIn(fields);
  const main = said(key);
  // The words beside an object are less than those in it.
  if (LAST.includes(key)) {
    const parts = failingParts(fields, depth);
    if (parts === '') return WELL.test(main) ? '' : main;
    return WELL.test(main) ? parts : `${main}: ${parts}`;
  }
  if (typeof fields[key] !== 'string') return main;
  const further = FURTHER.find(each => each !== key && said(each) !== '');
  const more = further === undefined ? '' : said(further);
  return more === '' || main.includes(more) ? main : more.includes(main) ? more : `${main}: ${more}`;
}

/** Where a problem is a number, of which the key says what it is. */
const NUMBERED = ['error', 'error_code', 'errorCode', 'errno', 'code'];

/** A problem that is a number alone: `error 42`; 0 is none. */
function numberIn(fields: Readonly<Record<string, unknown>>): string {
  const key = NUMBERED.find(each => typeof fields[each] === 'number' && fields[each] !== 0);
  return key === undefined ? '' : `${key} ${fields[key]}`;
}

/** Where a health endpoint lists what it depends on: Spring Boot, MicroProfile Health, ASP.NET, health+json. */
const PARTS = ['components', 'checks', 'entries', 'dependencies', 'services'];

/** The parts of a service that are not well, each with what it says: `db (connection refused), disk`. */
function failingParts(whole: Readonly<Record<string, unknown>>, depth: number): string {
  const parts = PARTS.map(key => whole[key]).find(each => each !== null && typeof each === 'object');
  if (parts === undefined) return '';
  const failing: string[] = [];
  for (const [key, part] of Object.entries(parts as object).slice(0, MAX_PARTS)) {
    const one: unknown = Array.isArray(part) ? part[0] : part;
    const fields: Record<string, unknown> =
      one !== null && typeof one === 'object' ? { ...one } : { status: one };
    const { name, status, state, details, data, ...rest } = fields;
    const word = String(status ?? state ?? '');
    if (word === '' || word === 'true' || WELL.test(word)) continue;
    const said = fromJson(rest, depth + 1) || fromJson(details ?? data ?? null, depth + 1);
    failing.push(`${typeof name === 'string' ? name : key}${said === '' ? '' : ` (${said.trim()})`}`);
  }
  const more = failing.length > MAX_PROBLEMS ? ` and ${failing.length - MAX_PROBLEMS} more` : '';
  return failing.slice(0, MAX_PROBLEMS).join(', ') + more;
}

/** A list of problems; also the pair of a body and a status code that some frameworks write as a list. */
function fromList(list: readonly unknown[], depth: number): string {
  const said = list
    .slice(0, 20)
    .map(each => fromJson(each, depth + 1).trim())
    .filter(each => each !== '');
  const more = said.length > MAX_PROBLEMS ? `; and ${said.length - MAX_PROBLEMS} more` : '';
  return said.slice(0, MAX_PROBLEMS).join('; ') + more;
}

/** An entry of FastAPI's list of what does not fit a request: `body.model: Field required`. */
function fromValidation({ loc, msg }: Record<string, unknown>): string {
  if (!Array.isArray(loc) || typeof msg !== 'string') return '';
  const where = loc.filter(part => typeof part === 'string' || typeof part === 'number').join('.');
  return where === '' ? msg : `${where}: ${msg}`;
}
