// Where a PostgreSQL listens, as the configuration writes it.

import { isIPv6 } from 'node:net';
import type { SchemaKit } from '../../../config/schema-kit.js';

/** A TCP address or the path of a unix socket. */
export type PostgresAddress = { host: string; port: number } | { path: string };

const DEFAULT_PORT = 5432;
const HOW = 'write HOST:PORT, [IPV6]:PORT or unix:/PATH';

/** `HOST`, `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`, a socket or its folder; the port is 5432 unless said. */
export const postgresAddress = ({ z }: SchemaKit) =>
  z.string({ error: `expected an address; ${HOW}` }).transform((value, context): PostgresAddress => {
    const address = parseAddress(value.trim());
    if (address) return address;
    context.addIssue({ code: 'custom', message: problemOf(value.trim()) });
    return z.NEVER;
  });

/** What to write instead. A URL may hold a password: it is not repeated. */
function problemOf(value: string): string {
  if (/^(?:postgres(?:ql)?|tcp|https?):\/\//i.test(value))
    return 'is a URL; write HOST:PORT alone, and username, password, database and tls_config as keys of their own';
  if (value.startsWith('/')) return `not an address of PostgreSQL; write unix:${value}`;
  if (isIPv6(value)) return `not an address of PostgreSQL; write [${value}]:${DEFAULT_PORT}`;
  return `not an address of PostgreSQL; ${HOW}`;
}

function parseAddress(value: string): PostgresAddress | undefined {
  if (value.startsWith('unix:')) {
    const path = value.slice(5).replace(/(.)\/+$/, '$1');
    if (!path.startsWith('/')) return undefined;
    return { path: /\/\.s\.PGSQL\.\d+$/.test(path) ? path : `${path}/.s.PGSQL.${DEFAULT_PORT}` };
  }
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
