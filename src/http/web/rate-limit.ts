// `rate_limit`: a token bucket over all requests. Source: Prometheus' exporter-toolkit, "Web configuration".

import { z } from 'zod';
import { count, section } from '../../config/fields.js';
import type { Millis } from '../../model/time.js';
import { HttpError } from '../http-error.js';

const UNITS: Readonly<Record<string, Millis>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PARTS = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
const DURATION = new RegExp(`^(?:${PARTS.source})+$`);

/** Go's durations, which this file's format has: `1.5s`, `1m30s`; 0 is none. Milliseconds. */
const interval = z
  .union([z.string(), z.literal(0)], { error: 'expected a duration such as 100ms or 1s, with its unit' })
  .transform((value, context): Millis => {
    if (value === 0 || value === '0') return 0;
    if (DURATION.test(value)) {
      return [...value.matchAll(PARTS)].reduce(
        (sum, [, n, unit]) => sum + Number(n) * (UNITS[unit as string] as number),
        0,
      );
    }
    context.addIssue({ code: 'custom', message: `"${value}" is not a duration; write 100ms, 1s, 1m30s` });
    return z.NEVER;
  });

/** The section's schema. */
export const rateLimit = section({
  interval: interval.default(0),
  burst: count(0, 1_000_000).default(0),
}).superRefine((limit, context) => {
  if (limit.interval > 0 && limit.burst < 1) {
    context.addIssue({
      code: 'custom',
      path: ['burst'],
      message: 'must be at least 1, else no request is answered',
    });
  }
});

/** Lets a request pass or throws HttpError 429. @param elapsed the monotonic clock */
export function rateLimiter(
  { interval, burst }: z.output<typeof rateLimit>,
  elapsed: () => Millis = () => performance.now(),
): () => void {
  let tokens = burst;
  let last = elapsed();
  return () => {
    const now = elapsed();
    tokens = Math.min(burst, tokens + (now - last) / interval);
    last = now;
    if (tokens < 1) {
      throw new HttpError(429, 'too many requests', { 'retry-after': String(Math.ceil(interval / 1000)) });
    }
    tokens--;
  };
}
