// Errors of the system when a connection is made, which say nothing of the service behind it, in a few words.

import { isIPv6 } from 'node:net';

const WORDS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'no local address or port is left for a connection there',
  EAFNOSUPPORT: 'this machine does not have that kind of address',
  EHOSTDOWN: 'host is down',
  EINVAL: 'the address cannot be used; is its network interface there?',
  ELOOP: 'the path of the socket leads in a circle',
  EMFILE: "too many open files in this process; raise its limit (ulimit -n, systemd's LimitNOFILE=)",
  ENFILE: 'too many open files on this machine (fs.file-max)',
  ENETDOWN: 'network is down',
  ENOBUFS: 'no room for connections on this machine',
  ENOTDIR: 'no such socket',
  EPERM: 'not permitted by this machine (its firewall, or the rights of this process)',
};

/** An error of the system, or of several attempts. */
export type SystemError = NodeJS.ErrnoException & {
  readonly errors?: readonly unknown[];
  readonly address?: string;
};

/**
 * What a system's error code means, without a capital letter; undefined for one of another kind.
 * @param address where it was to be connected to, if known
 */
export function systemErrorWords(code: string | undefined, address?: string): string | undefined {
  // Ports are hardly ever used up; IPv6 is often off, while names still have addresses of it.
  if (code === 'EADDRNOTAVAIL' && address !== undefined && isIPv6(address))
    return 'this machine has no IPv6 address to connect from (is IPv6 switched off?)';
  return code !== undefined && Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
}
