// GET /openapi.json: the endpoints for programs.

import type { Doors } from '../context.js';
import { describeRoutes, type OpenApi } from '../openapi.js';
import { type Endpoint, type Route, route } from '../route.js';

interface Description {
  readonly url: string;
  readonly document: OpenApi;
  readonly bytes: Buffer;
}

const cached = new WeakMap<Doors, Description>();

/** The catalogue's description; made once for each address it is found at. */
export function description(doors: Doors, catalogue: readonly Endpoint[]): Description {
  const url = doors.externalUrl();
  const known = cached.get(doors);
  if (known?.url === url) return known;
  const document = describeRoutes(catalogue, doors.version, url);
  const made = { url, document, bytes: Buffer.from(JSON.stringify(document)) };
  cached.set(doors, made);
  return made;
}

/** @param catalogue what is described */
export const openapi = (catalogue: () => readonly Endpoint[]): Route =>
  route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'These endpoints as an OpenAPI 3.1 document',
    answer: ['application/json'],
    handle: (_, doors) => ({ body: description(doors, catalogue()).bytes }),
  });
