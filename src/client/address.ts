// Where the monitor is reached. Comes in: the URL an application was configured with; goes out: what requests are sent
// to, the credentials that stood in it as a header, and what is wrong with it. Fetch refuses URLs with credentials, and
// says so with the password in the message.

export interface Address {
  /** Without credentials, query, fragment and a slash at the end: paths follow. */
  readonly url: string;
  /** `authorization` where the URL had a user. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why no request can be sent there. */
  readonly problem?: string;
}

/** Reads a base URL; a page may give a path of its own origin. Never throws. */
export function addressOf(text: string): Address {
  const trimmed = text.trim();
  const url = parsed(trimmed);
  if (!url && isPath(trimmed) && hasOrigin()) return { url: withoutSlash(trimmed), headers: {} };
  if (!url || !/^https?:$/.test(url.protocol))
    return { url: trimmed, headers: {}, problem: problemOf(trimmed) };
  const { username, password } = url;
  return {
    url: withoutSlash(`${url.origin}${url.pathname}`),
    headers: username === '' && password === '' ? {} : { authorization: basic(username, password) },
  };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function problemOf(text: string): string {
  const shown = JSON.stringify(text.replace(/^([^/]*\/\/)?[^/]*@/, '$1'));
  const scheme = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i;
  const host = text.replace(scheme, '').replace(/^[^/]*@/, '');
  const example = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,4}|:[1-5]\d{4})?(?:\/|$)/i.test(host)
    ? host
    : '127.0.0.1:8083';
  return `${shown} is not the URL of a monitoring service; write http://${example}`;
}

function isPath(text: string): boolean {
  return text === '' || /^\/(?!\/)/.test(text);
}

/** Whether paths alone lead somewhere, as in a page. */
function hasOrigin(): boolean {
  const { location } = globalThis as { readonly location?: { readonly href?: string } };
  return location?.href !== undefined;
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}

/** As RFC 7617 has it, in UTF-8. */
function basic(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${decoded(username)}:${decoded(password)}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** A `%` that begins no byte stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
