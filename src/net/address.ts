// IP addresses, and in which order those of one name are tried.

import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DnsError } from './error.js';

export type Family = 4 | 6;

export interface Address {
  readonly address: string;
  readonly family: Family;
}

/** Which IP protocol connections may use: blackbox_exporter's `preferred_ip_protocol` and `ip_protocol_fallback`. */
export interface ProtocolPreference {
  /** Tried first; undefined: whichever works. */
  readonly preferred?: Family | undefined;
  /** Whether the other protocol may be used where the preferred one has no address or does not connect. */
  readonly fallback: boolean;
}

export const ANY_PROTOCOL: ProtocolPreference = { fallback: true };

/** The one protocol that is allowed; undefined when both are. */
export function onlyFamily({ preferred, fallback }: ProtocolPreference): Family | undefined {
  return fallback ? undefined : preferred;
}

/** A text as an address; undefined when it is a name. */
export function literalAddress(text: string): Address | undefined {
  const family = isIP(text);
  return family === 0 ? undefined : { address: text, family: family as Family };
}

/**
 * The addresses of a host in the order they are tried: the families take turns.
 * Source: RFC 8305, 4 (Sorting Addresses).
 * @param likely the family that connected last, which goes first unless another is preferred
 * @throws DnsError when none of them is of the only protocol allowed
 */
export function sortAddresses(
  host: string,
  addresses: readonly Address[],
  preference: ProtocolPreference,
  likely?: Family,
): Address[] {
  const only = onlyFamily(preference);
  const usable = only ? addresses.filter(each => each.family === only) : addresses;
  if (usable.length === 0)
    throw new DnsError('not-found', `no ${only ? `IPv${only} ` : ''}address for ${host}`);
  const [four, six] = [usable.filter(each => each.family === 4), usable.filter(each => each.family === 6)];
  if (four.length === 0 || six.length === 0) return [...usable];
  const first = preference.preferred ?? likely ?? (hasGlobalIpv6() ? 6 : 4);
  const [front, back] = first === 6 ? [six, four] : [four, six];
  const rounds = Array.from({ length: Math.max(front.length, back.length) }, (_, i) => [front[i], back[i]]);
  return rounds.flat().filter(each => each !== undefined);
}

/** Whether this machine has an IPv6 address beyond loopback and link-local; without one IPv6 is not tried first. */
function hasGlobalIpv6(): boolean {
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .some(({ family, internal, address }) => family === 'IPv6' && !internal && !/^fe80:/i.test(address));
}
