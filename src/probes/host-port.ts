// Addresses of servers as the configuration writes them: `HOST:PORT`.

import { isIPv6 } from 'node:net';
import type { SchemaKit } from '../config/schema-kit.js';

export interface HostPort {
  /** A name or an address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, `[IPV6]:PORT`, and `HOST` where there is a default port; undefined for anything else. */
export function parseHostPort(text: string, defaultPort?: number): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort ?? 0);
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** An address of a server of a kind, `a server` or such. Without a default port it has to be written. */
export const hostPort = ({ ofType, z }: SchemaKit, defaultPort?: number) => {
  const how = `write HOST${defaultPort === undefined ? ':PORT' : ', HOST:PORT'} or [IPV6]:PORT`;
  return ofType(
    'address',
    { type: 'string' },
    z.string({ error: `expected an address; ${how}` }).transform((value, context): HostPort => {
      const text = value.trim();
      const address = parseHostPort(text, defaultPort);
      if (address) return address;
      context.addIssue({ code: 'custom', message: problemOf(text, how, defaultPort) });
      return z.NEVER;
    }),
  );
};

/** What was written instead, where that can be seen, and what to write. A URL may hold a password: it is not repeated. */
function problemOf(text: string, how: string, defaultPort: number | undefined): string {
  if (/^\w+:\/\//.test(text)) return `is a URL; ${how}`;
  if (isIPv6(text)) return `not an address with a port; write [${text}]:${defaultPort ?? 'PORT'}`;
  if (defaultPort === undefined && parseHostPort(text, 1)) return `has no port; write ${text}:PORT`;
  return `not an address; ${how}`;
}
