// GET /badge/SERVICE/KIND.svg: what a README or a wiki shows of a service.

import { badges } from '../badge/badges.js';
import { renderBadge } from '../badge/svg.js';
import type { ApiContext } from '../context.js';
import { withTag } from '../entity-tag.js';
import { HttpError } from '../http-error.js';
import { type RequestContext, type RouteResult, route } from '../route.js';

const TYPE = 'image/svg+xml; charset=utf-8';
const HEADERS = {
  'cache-control': 'max-age=30',
  // Opened by itself an SVG is a document.
  'content-security-policy': "default-src 'none'",
  'cross-origin-resource-policy': 'cross-origin',
};
const ENDING = '.svg';

export const badge = route({
  method: 'GET',
  path: '/badge/:service/:badge',
  summary: `A badge of a service as SVG: ${badges.map(({ name }) => `\`${name}${ENDING}\``).join(', ')}`,
  inPath: {
    service: { description: "A service's id in the configuration", example: 'tools' },
    badge: { description: 'Which badge', example: `status${ENDING}` },
  },
  answer: ['image/svg+xml'],
  others: { 404: { when: 'No such service or badge; a grey badge where an image is accepted' } },
  async handle(_, context: Pick<ApiContext, 'cluster' | 'query' | 'clock'>, request) {
    const { service: id = '', badge: file = '' } = request.params;
    const kind = badges.find(({ name }) => file === name + ENDING);
    if (!kind) {
      const names = badges.map(({ name }) => name + ENDING).join(', ');
      return missing('unknown badge', `no such badge; there are ${names}`, request);
    }
    const service = visibleService(context, id);
    if (!service) return missing('unknown service', 'no such service; /cluster_health lists them', request);
    const body = renderBadge(await kind.render(service, context));
    return withTag({ type: TYPE, headers: HEADERS, body }, request.ifNoneMatch);
  },
});

function visibleService({ cluster }: Pick<ApiContext, 'cluster'>, id: string) {
  const service = cluster.service(id);
  return service?.isHidden ? undefined : service;
}

/** In a page an error would be a broken image. */
function missing(value: string, error: string, { accept }: RequestContext): RouteResult {
  if (!/\bimage\//.test(accept ?? '')) throw new HttpError(404, error);
  const body = renderBadge({ label: 'monitor', value, color: 'unknown', title: value });
  return { status: 404, type: TYPE, headers: HEADERS, body };
}
