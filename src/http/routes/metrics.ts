// GET /metrics: for Prometheus, in the format and encoding it asks for.

import { CONTENT_TYPE, type Format } from '../../metrics/render.js';
import { wantsGzip } from '../accept-encoding.js';
import type { ApiContext } from '../context.js';
import { ChunkedBody, type RequestContext, route } from '../route.js';

export const metrics = route({
  method: 'GET',
  path: '/metrics',
  summary: 'All metrics in the Prometheus text format or OpenMetrics',
  answer: ['text/plain', 'application/openmetrics-text'],
  async handle(_, { metrics: page }: Pick<ApiContext, 'metrics'>, request) {
    const format = acceptedFormat(request.accept);
    const zipped = wantsGzip(request.acceptEncoding);
    const body = new ChunkedBody(await page.get(format, zipped));
    const headers: Record<string, string> = { vary: 'accept, accept-encoding' };
    if (zipped) headers['content-encoding'] = 'gzip';
    return { type: CONTENT_TYPE[format], headers, body };
  },
});

/** The better liked of the two formats; the text format when nothing is said. Source: RFC 9110, Accept. */
function acceptedFormat(accept: RequestContext['accept']): Format {
  let best = { quality: 0, format: 'text' as Format };
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part.split(';').map(piece => piece.trim().toLowerCase());
    const format =
      type === 'application/openmetrics-text'
        ? 'openmetrics'
        : /^(text\/plain|text\/\*|\*\/\*)$/.test(type)
          ? 'text'
          : undefined;
    const quality = Number(parameters.find(piece => piece.startsWith('q='))?.slice(2) ?? 1);
    if (format && quality > best.quality) best = { quality, format };
  }
  return best.format;
}
