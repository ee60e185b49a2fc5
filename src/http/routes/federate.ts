// GET /federate: the newest samples, for a Prometheus that takes some of them over.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { CONTENT_TYPE } from '../../metrics/render.js';
import { wholeOf } from '../../query/chunked-answer.js';
import { wantsGzip } from '../accept-encoding.js';
import type { ApiContext } from '../context.js';
import { Form } from '../prometheus/form.js';
import { route } from '../route.js';

const zip = promisify(gzip);

export const federate = route({
  method: 'GET',
  path: '/federate',
  summary: 'Newest samples of the series that match, in the Prometheus text format',
  query: () =>
    z.object({
      'match[]': z
        .union([z.string(), z.array(z.string())])
        .optional()
        .meta({ description: 'Selectors of series; without one there are none', examples: ['{job="node"}'] }),
    }),
  answer: ['text/plain'],
  async handle(
    _,
    { query, clock, prometheus }: Pick<ApiContext, 'query' | 'clock' | 'prometheus'>,
    { search, acceptEncoding, signal },
  ) {
    const { data } = await query.answer(
      {
        type: 'federate',
        match: new Form(search).all('match[]'),
        time: clock.now(),
        externalLabels: prometheus.scraped.configuration().global.externalLabels,
      },
      { signal },
    );
    const text = await wholeOf(data);
    const zipped = wantsGzip(acceptEncoding);
    return {
      type: CONTENT_TYPE.text,
      headers: { vary: 'accept-encoding', ...(zipped && { 'content-encoding': 'gzip' }) },
      body: zipped ? await zip(text) : text,
    };
  },
});
