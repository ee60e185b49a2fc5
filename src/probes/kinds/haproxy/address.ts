// Where HAProxy's statistics are: the page as a browser opens it, the CSV behind it, or the socket.

import type { SchemaKit } from '../../../config/schema-kit.js';

/** A page of statistics over HTTP, or the path of a stats socket. */
type StatisticsAddress = { url: string } | { socket: string };

const HOW = 'write http://HOST:PORT/haproxy_stats or unix:/PATH';

/** `http://HOST:PORT/haproxy_stats`, with or without `;csv`, or `unix:/PATH` of a stats socket. */
export const statisticsAddress = ({ httpUrl, z }: SchemaKit) =>
  z
    .string({ error: `expected an address of statistics; ${HOW}` })
    .transform((written, context): StatisticsAddress => {
      const value = written.trim();
      if (value.startsWith('unix:/')) return { socket: value.slice('unix:'.length) };
      const page = httpUrl().safeParse(value);
      if (page.success) return { url: csvUrl(page.data) };
      context.addIssue({ code: 'custom', message: problemOf(value, page.error.issues[0]?.message) });
      return z.NEVER;
    });

/** What was written instead, where that can be seen, and what to write. */
function problemOf(value: string, ofUrl: string | undefined): string {
  if (value.startsWith('/')) return `not an address of statistics; write unix:${value}`;
  if (/^(?:unix:|unix@|\.{1,2}\/)/.test(value))
    return 'not an address of statistics; write the absolute path of a socket, such as unix:/run/haproxy/admin.sock';
  if (/^(?:tcp:\/\/|ipv[46]@|tcp[46]?@)/.test(value))
    return `a stats socket over TCP is not supported; ${HOW}`;
  return (/^https?:/i.test(value) ? ofUrl : undefined) ?? `not an address of statistics; ${HOW}`;
}

/**
 * The URL of the CSV behind a statistics page's. HAProxy looks for its options anywhere behind the configured URI,
 * so `;csv` goes to the very end, also after a query; it takes the place of another format.
 */
export function csvUrl(page: string): string {
  const url = new URL(page);
  const key = url.search ? 'search' : 'pathname';
  const bare = url[key].replace(/;(?:csv|json|json-schema|html)(?=;|$)/g, '');
  url[key] = `${bare};csv`;
  url.hash = '';
  return url.href;
}
