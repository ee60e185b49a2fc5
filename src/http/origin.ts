// Pages of others. A browser lets any page send requests to us from inside our own network; what changes something must
// not be done for one.

import type { IncomingMessage } from 'node:http';
import { HttpError } from './route.js';

/**
 * Refuses a request that a foreign page makes its reader's browser send. Programs say nothing of an origin.
 * @param externalUrl where our own pages are, besides where the request goes
 * @throws HttpError 403
 */
export function refuseForeign({ headers }: IncomingMessage, externalUrl: string): void {
  const { origin, host } = headers;
  if (origin === undefined || isOurs(origin, host, externalUrl)) return;
  throw new HttpError(403, `a page of ${origin} may not change anything here`);
}

function isOurs(origin: string, host: string | undefined, externalUrl: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.host === host || (URL.canParse(externalUrl) && page.origin === new URL(externalUrl).origin);
}
