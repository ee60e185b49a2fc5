// The mount table of Linux: which file systems belong to the network and which are read-only. Reading it touches none
// of them, so that a hanging one delays no other.
// Source: proc_pid_mountinfo(5).

import { readFile } from 'node:fs/promises';

export interface Mount {
  readonly mountpoint: string;
  readonly fstype: string;
  /** The file system itself is read-only; a read-only view of a writable one, as containers have it, is not. */
  readonly readOnly: boolean;
}

/** The mount table; empty where there is none. Of mounts on one another the last, which is the one seen, comes last. */
export async function readMounts(): Promise<Mount[]> {
  try {
    return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  } catch {
    return [];
  }
}

/** Reads the text of `/proc/self/mountinfo`. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap(line => {
    const [before = '', after] = line.split(' - ', 2);
    const mountpoint = before.split(' ')[4];
    const [fstype, , options] = after?.split(' ') ?? [];
    if (mountpoint === undefined || fstype === undefined) return [];
    return {
      mountpoint: unescapeOctal(mountpoint),
      fstype,
      readOnly: options?.split(',').includes('ro') ?? false,
    };
  });
}

/** Spaces, tabs, line ends and backslashes are written in octal. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

const NETWORK =
  /^(?:9p|afs|beegfs|ceph|cifs|coda|fuse(?!blk|ctl)\b.*|glusterfs|gpfs|lustre|ncpfs|nfs4?|ocfs2|orangefs|smb3|smbfs|vboxsf)$/;

/** True for file systems that another machine or a program serves. */
export function isNetwork(fstype: string): boolean {
  return NETWORK.test(fstype);
}

/** A disk of this machine, or of the one it is a guest of, that a program serves. */
const SERVED = /^(?:fuseblk|hgfs|prl_fs|virtiofs|vmhgfs)$/;

/** True for file systems that hang when what serves them does. */
export function mayHang(fstype: string): boolean {
  return isNetwork(fstype) || SERVED.test(fstype);
}
