// GET /openapi.json: the endpoints for programs.

import type { ApiContext } from '../context.js';
import { describeRoutes, type OpenApi } from '../openapi.js';
import { type EndpointDescription, type RouteDefinition, route } from '../route.js';

interface Description {
  readonly url: string;
  readonly document: OpenApi;
  readonly bytes: Buffer;
}

type DescribedContext = Pick<ApiContext, 'externalUrl' | 'version'>;

const cached = new WeakMap<DescribedContext, Description>();

/** The catalogue's description; made once for each address it is found at. */
export function description(
  context: DescribedContext,
  catalogue: readonly EndpointDescription[],
): Description {
  const url = context.externalUrl();
  const known = cached.get(context);
  if (known?.url === url) return known;
  const document = describeRoutes(catalogue, context.version, url);
  const made = { url, document, bytes: Buffer.from(JSON.stringify(document)) };
  cached.set(context, made);
  return made;
}

/** @param catalogue what is described */
export const openapi = (catalogue: () => readonly EndpointDescription[]): RouteDefinition =>
  route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'These endpoints as an OpenAPI 3.1 document',
    answer: ['application/json'],
    handle: (_, context: Pick<ApiContext, 'externalUrl' | 'version'>) => ({
      body: description(context, catalogue()).bytes,
    }),
  });
