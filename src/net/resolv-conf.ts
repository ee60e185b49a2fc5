// /etc/resolv.conf and the hosts line of /etc/nsswitch.conf: which name servers are used, and for which names. Source:
// resolv.conf(5), nsswitch.conf(5).

import { isIP } from 'node:net';
import type { Millis } from '../model/time.js';

/** What resolv.conf says; the environment's LOCALDOMAIN and RES_OPTIONS come before it, as in the C library. */
export interface ResolvConf {
  /** As `Resolver.setServers` takes them; empty: those the DNS library finds itself. */
  readonly servers: readonly string[];
  /** Domains a name is looked up in, without dots at their ends. */
  readonly search: readonly string[];
  /** A name with fewer dots is looked up in the search domains first. */
  readonly ndots: number;
  /** How long one server is waited for before the next is asked as well. */
  readonly timeout: Millis;
  /** How long an answer is waited for in all, for each server. */
  readonly totalTimeout: Millis;
  /** How often all servers are asked. */
  readonly attempts: number;
}

interface Environment {
  readonly hostname: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Shorter than the C library's 5 s: a second server has to get its turn within the deadline of a check. */
const TIMEOUT: Millis = 2000;
const ATTEMPTS = 2;
/** The C library's, for a server and an attempt: a name server may have to ask far away itself. */
const QUERY_TIMEOUT: Millis = 5000;
/** The C library takes no more. */
const MAX_NDOTS = 15;

/** Reads resolv.conf; what is not understood is passed over, as the C library does. */
export function parseResolvConf(text: string, { hostname, env }: Environment): ResolvConf {
  const servers: string[] = [];
  let search = hostname.includes('.') ? [hostname.slice(hostname.indexOf('.') + 1)] : [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/^\s*[;#].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver') servers.push(...values.slice(0, 1));
    else if (keyword === 'search') search = values;
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'options') options.push(...values);
  }
  if (env.LOCALDOMAIN !== undefined) search = env.LOCALDOMAIN.trim().split(/\s+/);
  options.push(...(env.RES_OPTIONS ?? '').trim().split(/\s+/));
  const number = (name: string, max: number) => {
    const last = options.findLast(option => new RegExp(`^${name}:\\d+$`).test(option));
    return last === undefined ? undefined : Math.min(Number(last.slice(name.length + 1)), max);
  };
  const timeout = (number('timeout', 30) || 0) * 1000;
  const attempts = number('attempts', 5) || ATTEMPTS;
  return {
    servers: servers.filter(isServer),
    search: search.map(domain => domain.replace(/\.$/, '').toLowerCase()).filter(domain => domain !== ''),
    ndots: number('ndots', MAX_NDOTS) ?? 1,
    timeout: timeout || TIMEOUT,
    totalTimeout: (timeout || QUERY_TIMEOUT) * attempts,
    attempts,
  };
}

/** The address of a name server; with a port as `[::1]:5353` or `127.0.0.1:5353`, as the DNS library writes it. */
function isServer(text: string): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]:\d+|([^:]+):\d+)$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isIP(address) !== 0 && !address.includes('%');
}

/** A name as it is asked for, in order: with the search domains before or after it. Source: resolv.conf(5), ndots. */
export function candidatesOf(name: string, { search, ndots }: ResolvConf): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const within = search.map(domain => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...within] : [...within, name];
}

/** The services of nsswitch.conf's `hosts:` line, without what is done after each. */
export function parseHostsSources(text: string): string[] {
  const line = /^\s*hosts:(.*)$/m.exec(text)?.[1];
  if (line === undefined) return ['files', 'dns'];
  return line
    .replace(/#.*/, '')
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
}
