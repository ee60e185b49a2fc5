// Cookies between the redirects of one check: login pages and load balancers set one and redirect to themselves, for ever
// where it does not come back. Nothing is kept from check to check. Source: RFC 6265, 5; Go's net/http/cookiejar, which
// blackbox_exporter uses.

/** A cookie and where it is sent. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** A host; with a dot before it the hosts below it as well. */
  readonly domain: string;
  readonly path: string;
  readonly isSecure: boolean;
}

/** More are not kept, nor longer ones, in characters. */
const MAX_COOKIES = 50;
const MAX_COOKIE_LENGTH = 4096;

/** The cookies after an answer that sets some, replaces others or deletes them. */
export function cookiesAfter(
  known: readonly Cookie[],
  set: string | readonly string[] | undefined,
  url: URL,
): readonly Cookie[] {
  let cookies = known;
  for (const line of [set ?? []].flat()) {
    const parsed = parse(line, url);
    if (!parsed) continue;
    const { cookie, isDeleted } = parsed;
    cookies = cookies.filter(each => !isSame(each, cookie));
    if (!isDeleted && cookies.length < MAX_COOKIES) cookies = [...cookies, cookie];
  }
  return cookies;
}

/** The value of the `cookie` header for a URL; undefined when none belongs there. */
export function cookieHeader(cookies: readonly Cookie[], url: URL): string | undefined {
  if (cookies.length === 0) return undefined;
  const sent = cookies.filter(each => isFor(each, url)).sort((a, b) => b.path.length - a.path.length);
  return sent.length > 0 ? sent.map(({ name, value }) => `${name}=${value}`).join('; ') : undefined;
}

function parse(line: string, url: URL): { cookie: Cookie; isDeleted: boolean } | undefined {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  if (equals < 1 || line.length > MAX_COOKIE_LENGTH || /[^\t\x20-\x7e\x80-\xff]/.test(pair)) return undefined;
  const attribute = (wanted: string) =>
    attributes
      .map(each => /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/s.exec(each))
      .findLast(match => match?.[1]?.toLowerCase() === wanted);
  const domain = domainOf(attribute('domain')?.[2], url.hostname);
  if (domain === undefined) return undefined;
  const path = attribute('path')?.[2] ?? '';
  const age = attribute('max-age')?.[2];
  const expires = Date.parse(attribute('expires')?.[2] ?? '');
  return {
    cookie: {
      name: pair.slice(0, equals).trim(),
      value: pair.slice(equals + 1).trim(),
      domain,
      path: path.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/',
      isSecure: attribute('secure') !== undefined,
    },
    isDeleted: age !== undefined && /^-?\d+$/.test(age) ? Number(age) <= 0 : expires < Date.now(),
  };
}

/** Undefined where a host may not set cookies for the domain: it is another one, or a whole top-level domain. */
function domainOf(given: string | undefined, host: string): string | undefined {
  const domain = (given ?? '').replace(/^\./, '').toLowerCase();
  if (domain === '' || domain === host) return given && /[a-z]$/i.test(host) ? `.${host}` : host;
  return domain.includes('.') && host.endsWith(`.${domain}`) ? `.${domain}` : undefined;
}

function isSame(a: Cookie, b: Cookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.path === b.path;
}

function isFor({ domain, path, isSecure }: Cookie, { hostname, pathname, protocol }: URL): boolean {
  const isHost = domain.startsWith('.')
    ? hostname === domain.slice(1) || hostname.endsWith(domain)
    : hostname === domain;
  const isBelow = pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
  return isHost && isBelow && (!isSecure || protocol === 'https:');
}
