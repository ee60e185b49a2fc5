// Where a Redis listens, as the configuration writes it.

import type { Vocabulary } from '../../../config/vocabulary.js';

/** A TCP address or the path of a unix socket. */
export type RedisAddress = { host: string; port: number } | { path: string };

const DEFAULT_PORT = 6379;
const HOW = 'write HOST:PORT, [IPV6]:PORT or unix:/PATH';

/** `HOST`, `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`; the port is 6379 unless said. */
export const redisAddress = ({ z }: Vocabulary) =>
  z.string({ error: `expected an address; ${HOW}` }).transform((value, context): RedisAddress => {
    const address = parseAddress(value.trim());
    if (address) return address;
    context.addIssue({ code: 'custom', message: `not an address of Redis; ${HOW}` });
    return z.NEVER;
  });

function parseAddress(value: string): RedisAddress | undefined {
  if (value.startsWith('unix:')) return value.startsWith('unix:/') ? { path: value.slice(5) } : undefined;
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
