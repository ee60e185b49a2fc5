// Sockets of a process, from the Linux kernel.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Connection {
  /** `127.0.0.1:6379`; addresses of IPv6 are not taken apart. */
  readonly local: string;
  readonly remote: string;
}

/** TCP and UDP sockets of a process that have a far end. Source: proc(5), `/proc/net/tcp`. */
export function connectionsOf(pid: number): Connection[] {
  const own = inodesOf(pid);
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap(protocol =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1, -1)
      .map(line => line.trim().split(/\s+/))
      .filter(fields => own.has(fields[9] ?? ''))
      .map(fields => ({ local: address(fields[1] as string), remote: address(fields[2] as string) }))
      .filter(({ remote }) => !remote.endsWith(':0')),
  );
}

function inodesOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed since it was listed.
    }
  }
  return inodes;
}

/** `0100007F:1F90` is 127.0.0.1:8080: the address in the machine's own byte order, which is little-endian here. */
function address(hex: string): string {
  const [host = '', port = ''] = hex.split(':');
  const name = host.length === 8 ? [...Buffer.from(host, 'hex')].reverse().join('.') : host;
  return `${name}:${Number.parseInt(port, 16)}`;
}
