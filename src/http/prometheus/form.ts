// A request's parameters as Go reads them: those of a form before those of the URL, what is broken left out.
// Source: Go, net/http Request.ParseForm and Request.FormValue, net/url ParseQuery.

import type { IncomingMessage } from 'node:http';
import { readBody, readBytes } from '../body.js';
import { HttpError } from '../http-error.js';
import { boundaryOf, MultipartError, multipartValues } from './multipart.js';

/** Largest form, in bytes: an expression as long as one may be, in escapes. */
const MAX_FORM = 4 * 1024 * 1024;
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** A request's parameters. */
export class Form {
  /** What is wrong with the parameters, in Go's words; only some endpoints mind. */
  readonly problem: string | undefined;
  readonly #values = new Map<string, string[]>();

  /** @param texts the encoded parameters, those that come first first */
  constructor(...texts: readonly string[]) {
    let first: string | undefined;
    for (const text of texts) {
      for (const pair of text.split('&')) {
        const problem = this.#add(pair);
        first ??= problem;
      }
    }
    this.problem = first;
  }

  /** Adds a value that needs no decoding, after those that are there. */
  add(name: string, value: string): void {
    const known = this.#values.get(name);
    if (known) known.push(value);
    else this.#values.set(name, [value]);
  }

  /** The first value of a parameter; empty when there is none. */
  first(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  /** All of them. */
  parameters(): URLSearchParams {
    return new URLSearchParams(
      [...this.#values].flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
    );
  }

  /** All values of a parameter. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** @returns what is wrong with the pair, which is then left out */
  #add(pair: string): string | undefined {
    if (pair === '') return undefined;
    if (pair.includes(';')) return 'invalid semicolon separator in query';
    const end = pair.indexOf('=');
    const name = end < 0 ? pair : pair.slice(0, end);
    const value = end < 0 ? '' : pair.slice(end + 1);
    const broken = brokenEscape(name) ?? brokenEscape(value);
    if (broken !== undefined) return `invalid URL escape ${JSON.stringify(broken)}`;
    this.add(unescaped(name), unescaped(value));
    return undefined;
  }
}

function brokenEscape(text: string): string | undefined {
  if (!text.includes('%')) return undefined;
  return /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(text)?.[0];
}

/** Bytes that are no UTF-8 become U+FFFD; decodeURIComponent would throw. */
function unescaped(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return withoutBrokenBytes(spaced);
  }
}

function withoutBrokenBytes(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, run =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/**
 * Reads a request's parameters: those of an encoded form, of the URL, of a multipart form, in this order, as Go does.
 * @throws HttpError 413 for a form beyond 4 MiB, 400 for one that ends too early or is no multipart form
 */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const url = request.url ?? '';
  const at = url.indexOf('?');
  const query = at < 0 ? '' : url.slice(at + 1);
  const { 'content-type': type = '' } = request.headers;
  if (type === '') return new Form(query);
  const boundary = boundaryOf(type);
  if (boundary !== undefined) return readMultipart(request, new Form(query), boundary);
  if (request.method !== 'POST' || !isForm(type)) return new Form(query);
  return new Form(await readBody(request, BOUNDS), query);
}

const BOUNDS = { name: 'form', limit: MAX_FORM };

async function readMultipart(request: IncomingMessage, form: Form, boundary: string): Promise<Form> {
  const body = await readBytes(request, BOUNDS);
  try {
    for (const [name, value] of multipartValues(body, boundary)) form.add(name, value);
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    throw new HttpError(400, `error parsing form values: multipart: ${error.message}`);
  }
  return form;
}

function isForm(contentType: string): boolean {
  return contentType.split(';')[0]?.trim().toLowerCase() === FORM_TYPE;
}
