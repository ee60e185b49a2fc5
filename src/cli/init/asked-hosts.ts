// The HOST words of `init`: named hosts and nothing else. A network is never scanned, so what names more than one host
// is refused. Comes in: words; goes out: a host and the port to ask, where one is named.

import { isIP, isIPv4, isIPv6 } from 'node:net';
import { parseHostPort } from '../../probes/host-port.js';
import { UsageError } from '../flags.js';

/** A host that a user named. */
export interface AskedHost {
  /** A name or an address, an IPv6 one without brackets. */
  readonly host: string;
  /** The only port to ask; undefined: the usual ones. */
  readonly port: number | undefined;
}

/** More than a person names by hand. */
const MAX_HOSTS = 16;
const ADDRESS_PART = /^[0-9.*/,-]+$/;

/** @throws UsageError for too many, and for what is no single host */
export function askedHosts(words: readonly string[]): AskedHost[] {
  if (words.length > MAX_HOSTS)
    throw new UsageError(`init: ${words.length} hosts; it asks at most ${MAX_HOSTS}, name fewer`);
  return words.map(askedHost);
}

function askedHost(word: string): AskedHost {
  const address = isIPv6(word)
    ? { host: word, port: undefined }
    : (withPort(word) ?? { host: '', port: undefined });
  const { host } = address;
  if (/[*,]|\/\d+$/.test(word) || (ADDRESS_PART.test(host || word) && !isIP(host)))
    throw new UsageError(
      `init: ${word} is no single host; it asks hosts by name or address and scans no network`,
    );
  if (isUnusable(host))
    throw new UsageError(`init: ${word} is not the address of one host; name the address of a host`);
  if (host === '' || host.includes('%') || !(isIP(host) || /^[\w.-]+$/.test(host)))
    throw new UsageError(
      `init: ${word} is no host; write HOST, HOST:PORT or [IPV6]:PORT, and --dir=DIR for a folder`,
    );
  return address;
}

function withPort(word: string): AskedHost | undefined {
  const found = parseHostPort(word, 1);
  if (!found) return undefined;
  return { host: found.host, port: parseHostPort(word)?.port };
}

/** Broadcast, multicast and unspecified addresses. */
function isUnusable(host: string): boolean {
  if (isIPv4(host)) return /^(?:0\.0\.0\.0|255\.255\.255\.255|(?:22[4-9]|23\d)\..*)$/.test(host);
  return isIPv6(host) && /^(?:[0:]+$|ff)/i.test(host);
}
