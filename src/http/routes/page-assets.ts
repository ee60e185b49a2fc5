// GET /ui/assets/:file: the status page's script and style. Names carry a hash, so a browser keeps them for good.

import { wantsBrotli, wantsGzip } from '../accept-encoding.js';
import { HttpError } from '../http-error.js';
import { statusPage } from '../page/status-page.js';
import { type RouteResult, route } from '../route.js';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

export const pageAssets = route({
  method: 'GET',
  path: '/ui/assets/:file',
  summary: "The status page's script and style",
  inPath: { file: { description: 'Its name', example: 'script.js' } },
  answer: Object.values(TYPES),
  hidden: true,
  async handle(_, __: unknown, { params: { file = '' }, acceptEncoding }) {
    const page = await statusPage();
    // Only names the build has written down are looked for.
    if (!page?.files.has(file)) throw new HttpError(404, 'no such asset; reload the page');
    const encoding = encodingFor(acceptEncoding);
    const body = await page.asset(file, ENDINGS[encoding ?? 'identity']);
    if (body !== undefined) return assetReply(file, encoding, body);
    // The build on disk was replaced: the copies in memory are not of every encoding.
    const zipped = wantsGzip(acceptEncoding) ? await page.asset(file, '.gz') : undefined;
    if (zipped !== undefined) return assetReply(file, 'gzip', zipped);
    const plain = await page.asset(file, '');
    if (plain !== undefined) return assetReply(file, undefined, plain);
    throw new HttpError(404, 'the program was replaced while it ran; restart the monitor');
  },
});

function assetReply(file: string, encoding: 'br' | 'gzip' | undefined, body: Buffer): RouteResult {
  return {
    type: TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    headers: {
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(encoding && { 'content-encoding': encoding }),
    },
    body,
  };
}

const ENDINGS = { br: '.br', gzip: '.gz', identity: '' } as const;

function encodingFor(accepted: string | undefined): 'br' | 'gzip' | undefined {
  if (wantsBrotli(accepted)) return 'br';
  return wantsGzip(accepted) ? 'gzip' : undefined;
}
