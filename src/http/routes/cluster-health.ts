// GET /cluster_health: the whole cluster, from memory. Ten thousand services are megabytes: they are compressed where the client
// takes that, and written no more often than a part of the time allows.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import type { Millis } from '../../model/time.js';
import { wantsGzip } from '../accept-encoding.js';
import type { ApiContext } from '../context.js';
import { secondsUpTo } from '../query.js';
import { type RouteResult, route } from '../route.js';
import { clusterHealth as shape } from '../shapes.js';

/** Bytes from which an answer is compressed; fewer are not worth it. */
const MIN_COMPRESSED = 16 * 1024;
/** Fast, and little worse: the services' parts are much alike. */
const LEVEL = 1;
/** Bytes from which an answer is given again for {@link REUSE_FACTOR} times what it took to write. */
const LARGE = 256 * 1024;
const REUSE_FACTOR = 4;

type HealthContext = Pick<ApiContext, 'clock' | 'cluster' | 'health'>;

export const clusterHealth = route({
  method: 'GET',
  path: '/cluster_health',
  summary: 'Status of the cluster and of every service; the latest known state, always from memory',
  query: () =>
    z.object({
      max_age: secondsUpTo(86_400)
        .optional()
        .describe(
          'Results no older than this many seconds: stale services are checked first, for 5 s at most',
        ),
    }),
  answer: () => shape,
  async handle(
    { max_age },
    context: Pick<ApiContext, 'refresher' | 'clock' | 'cluster' | 'health'>,
    request,
  ) {
    if (max_age !== undefined) await context.refresher.ensure(max_age, context.clock.now());
    const answer = currentAnswer(context, max_age !== undefined);
    return await reply(answer, wantsGzip(request.acceptEncoding));
  },
});

interface Answer {
  readonly version: number;
  /** Of the monotonic clock. */
  readonly second: number;
  readonly bytes: Buffer;
  /** The bytes of a small one, one a character: Node writes a string together with the headers, and bytes beside them. */
  text?: string;
  /** Until when it may be given though something has changed, by `performance.now()`. */
  readonly reusableUntil: Millis;
  zipped?: Promise<Buffer>;
}

const compress = promisify(gzip);
const cached = new WeakMap<ApiContext['health'], Answer>();

/** The answer's bytes; rebuilt when something has changed, and every second for the sake of its clock. */
export function healthBytes(context: HealthContext): Buffer {
  return currentAnswer(context, false).bytes;
}

/**
 * A small answer as a string with a character for each byte (`latin1`); undefined for one that is large enough to be compressed.
 */
export function smallHealthText(context: HealthContext): string | undefined {
  const answer = currentAnswer(context, false);
  if (answer.bytes.length >= MIN_COMPRESSED) return undefined;
  answer.text ??= answer.bytes.toString('latin1');
  return answer.text;
}

/** @param isExact nothing may have changed since; otherwise a large one may be some milliseconds old */
function currentAnswer(context: HealthContext, isExact: boolean): Answer {
  const elapsed = context.clock.elapsed();
  const second = Math.floor(elapsed / 1000);
  const { version } = context.cluster;
  const known = cached.get(context.health);
  const begin = performance.now();
  if (known?.version === version && known.second === second) return known;
  if (known && !isExact && begin < known.reusableUntil) return known;
  const bytes = Buffer.from(context.health.write(context.clock.now(), elapsed));
  const end = performance.now();
  const reusableUntil = bytes.length < LARGE ? 0 : end + REUSE_FACTOR * (end - begin);
  const answer = { version, second, bytes, reusableUntil };
  cached.set(context.health, answer);
  return answer;
}

async function reply(answer: Answer, isZipped: boolean): Promise<RouteResult> {
  const { bytes } = answer;
  if (bytes.length < MIN_COMPRESSED) return { body: bytes };
  const headers = { vary: 'accept-encoding' };
  if (!isZipped) return { headers, body: bytes };
  answer.zipped ??= compress(bytes, { level: LEVEL });
  return { headers: { ...headers, 'content-encoding': 'gzip' }, body: await answer.zipped };
}
