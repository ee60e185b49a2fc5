// Under which names a browser reaches this monitor. DNS rebinding makes a foreign name lead here: the page of that name
// then shares an origin with us, and only the name in `Host` tells it from one of our own.

import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';
import { TLSSocket } from 'node:tls';

/** What `web` of monitor.yml says of names and proxies. */
export interface AccessSettings {
  /** Host names in lower case; `*.example.org` stands for every name below example.org. */
  readonly allowedHosts: readonly string[];
  /** Addresses whose `X-Forwarded-Host` counts. */
  readonly trustedProxies: BlockList;
}

/** The policy for a browser's request. */
export interface AccessPolicy extends AccessSettings {
  /** Where people reach the monitor, without a slash at the end. */
  readonly externalUrl: string;
  /** It is configured, not a guess. */
  readonly isExternalUrlGiven: boolean;
  /** Nothing may be changed by a browser at all. */
  readonly isReadOnly: boolean;
  /** Further names of this machine: the node's, the one it listens on. */
  readonly names: readonly string[];
}

/** A `Host` header that is one, taken apart. */
export interface Host {
  /** In lower case, without port and trailing dot; an IPv6 address without brackets. */
  readonly name: string;
  /** Name and port as they came. */
  readonly text: string;
}

/** Reads a `Host` header; undefined when it is none. */
export function parseHost(text: string | undefined): Host | undefined {
  if (text === undefined || !/^[^\s/?#@\\]+$/.test(text) || !URL.canParse(`http://${text}`)) return undefined;
  const name = new URL(`http://${text}`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return { name, text };
}

/** The host a request was sent to; a proxy that is trusted may have put another one in its place. */
export function askedHost(request: IncomingMessage, policy: AccessPolicy): string | undefined {
  return forwarded(request, policy, 'x-forwarded-host') ?? request.headers.host;
}

/** Where a request reached the monitor, without a slash at the end; the external address where that is configured. */
export function reachedAt(request: IncomingMessage, policy: AccessPolicy): string {
  const host = parseHost(askedHost(request, policy));
  if (policy.isExternalUrlGiven || !host) return policy.externalUrl;
  const own = request.socket instanceof TLSSocket ? 'https' : 'http';
  const scheme = forwarded(request, policy, 'x-forwarded-proto');
  return `${scheme === 'http' || scheme === 'https' ? scheme : own}://${host.text}`;
}

/** What a trusted proxy says in a header; undefined where none does. */
function forwarded(
  { headers, socket }: IncomingMessage,
  { trustedProxies }: AccessPolicy,
  name: 'x-forwarded-host' | 'x-forwarded-proto',
): string | undefined {
  const value = headers[name];
  const address = socket.remoteAddress?.replace(/^::ffff:/, '');
  if (value === undefined || address === undefined) return undefined;
  if (!trustedProxies.check(address, address.includes(':') ? 'ipv6' : 'ipv4')) return undefined;
  // A proxy that adds to the header writes what it got last; what stands before may be the page's.
  return String(value).split(',').at(-1)?.trim();
}

/**
 * Whether a name is one of this monitor's: an address, which no DNS server can make its own, a name of this machine, or
 * one that is configured.
 */
export function isOwnName(name: string, { allowedHosts, externalUrl, names }: AccessPolicy): boolean {
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true;
  const external = URL.canParse(externalUrl) ? new URL(externalUrl).hostname : '';
  if ([...machineNames(), ...names, external].some(each => each.toLowerCase() === name)) return true;
  return allowedHosts.some(each => each === name || (each.startsWith('*.') && name.endsWith(each.slice(1))));
}

/** The machine's name, the first part of it, and its name in multicast DNS. */
function machineNames(): string[] {
  const full = hostname();
  const first = full.split('.')[0] as string;
  return [full, first, `${first}.local`];
}
