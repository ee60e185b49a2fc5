// `df` of the mount points that are named to it, where systeminformation's own call would ask all of them at once: one
// file system of the network that hangs would hide every disk.

import { execFile } from 'node:child_process';
import type { Filesystem } from './filesystems.js';

/** The file systems mounted there, in bytes; what `df` cannot read is left out. Never rejects; may hang with them. */
export function df(mountpoints: readonly string[]): Promise<Filesystem[]> {
  if (mountpoints.length === 0) return Promise.resolve([]);
  const env = { ...process.env, LC_ALL: 'C' };
  return new Promise(resolve =>
    execFile('df', ['-kPT', ...mountpoints], { env, maxBuffer: 4 * 1024 * 1024 }, (_, output) =>
      resolve(parseDf(output)),
    ),
  );
}

/** A line's name and mount point may hold spaces: the numbers between them tell them apart. */
const LINE = /^(.+?)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(?:\d+%|-)\s+(.+)$/;

function parseDf(output: string): Filesystem[] {
  return output.split('\n').flatMap(line => {
    const [, device, fstype, size, used, available, mountpoint] = LINE.exec(line.trim()) ?? [];
    if (device === undefined || fstype === undefined || mountpoint === undefined) return [];
    const bytes = (blocks: string | undefined) => Number(blocks) * 1024;
    return [
      { device, fstype, mountpoint, size: bytes(size), used: bytes(used), available: bytes(available) },
    ];
  });
}
