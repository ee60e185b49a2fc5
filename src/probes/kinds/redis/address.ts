// Where a Redis listens, as the configuration writes it.

import { isIPv6 } from 'node:net';
import type { SchemaKit } from '../../../config/schema-kit.js';
import { type HostPort, parseHostPort } from '../../host-port.js';

/** A TCP address or the path of a unix socket. */
export type RedisAddress = HostPort | { path: string };

const DEFAULT_PORT = 6379;
const HOW = 'write HOST:PORT, [IPV6]:PORT or unix:/PATH';

/** `HOST`, `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`; the port is 6379 unless said. */
export const redisAddress = ({ z }: SchemaKit) =>
  z.string({ error: `expected an address; ${HOW}` }).transform((value, context): RedisAddress => {
    const address = parseAddress(value.trim());
    if (address) return address;
    context.addIssue({ code: 'custom', message: problemOf(value.trim()) });
    return z.NEVER;
  });

/** What was written instead, where that can be seen, and what to write. A URL may hold a password: it is not repeated. */
function problemOf(value: string): string {
  if (/^(?:rediss?|valkeys?|tcp|https?):\/\//i.test(value))
    return 'is a URL; write HOST:PORT alone, and username, password, db and tls_config as keys of their own';
  if (value.startsWith('/')) return `not an address of Redis; write unix:${value}`;
  if (/^unix:(?!\/)|^\.{1,2}\//.test(value))
    return `not an address of Redis; write the absolute path of a socket, such as unix:/run/redis/redis.sock`;
  if (isIPv6(value)) return `not an address of Redis; write [${value}]:${DEFAULT_PORT}`;
  return `not an address of Redis; ${HOW}`;
}

function parseAddress(value: string): RedisAddress | undefined {
  if (value.startsWith('unix:')) return value.startsWith('unix:/') ? { path: value.slice(5) } : undefined;
  return parseHostPort(value, DEFAULT_PORT);
}
