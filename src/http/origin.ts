// Pages of others. A browser lets any page send requests to us from inside our own network; what changes something must
// not be done for one. Programs (amtool, curl, Prometheus) send none of the headers that are looked at here.
// Source: WHATWG Fetch, "Origin header"; W3C, "Fetch Metadata Request Headers".

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type AccessPolicy, askedHost, type Host, isOwnName, parseHost } from './access.js';
import { HttpError } from './http-error.js';

/** Longest name or origin an error message repeats. */
const MAX_SHOWN = 100;

/**
 * Refuses a request that a foreign page makes its reader's browser send, and one from a page whose name was made to
 * lead here.
 * @throws HttpError 403
 */
export function refuseForeign(request: IncomingMessage, policy: AccessPolicy): void {
  const { headers } = request;
  if (!isFromBrowser(headers)) return;
  if (policy.isReadOnly)
    throw new HttpError(403, 'a browser may not change anything here: monitor.yml says page.read_only: true');
  const hostHeader = askedHost(request, policy);
  const host = parseHost(hostHeader);
  if (!host || !isOwnName(host.name, policy))
    throw new HttpError(
      403,
      `a browser may not change anything here under the host name ${shown(hostHeader ?? '')}: if the name is this monitor's, add it to web.allowed_hosts in monitor.yml`,
    );
  const page = pageOf(headers);
  if (page === undefined ? isSameOrigin(headers) : isOurs(page, host, policy.externalUrl)) return;
  const from = page === undefined ? 'another page' : `a page of ${shown(page)}`;
  throw new HttpError(
    403,
    `${from} may not change anything here, only one of ${shown(host.text)}; behind a proxy that changes Host set --web.external-url`,
  );
}

/** Every browser says where a request that may change something comes from; pages cannot prevent it. */
function isFromBrowser({ origin, referer, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return origin !== undefined || referer !== undefined || site !== undefined;
}

/** The origin a request comes from; undefined where the browser keeps it to itself. */
function pageOf({ origin, referer }: IncomingHttpHeaders): string | undefined {
  if (origin !== undefined || referer === undefined) return origin;
  return URL.canParse(referer) ? new URL(referer).origin : referer;
}

function isSameOrigin({ 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site === 'same-origin' || site === 'none';
}

function isOurs(origin: string, { text }: Host, externalUrl: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Read with the page's scheme, so that its default port is the same with and without the number.
  const own = `${page.protocol}//${text}`;
  if (page.host !== '' && URL.canParse(own) && page.host === new URL(own).host) return true;
  return URL.canParse(externalUrl) && page.origin === new URL(externalUrl).origin;
}

function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
}
