// Which of the mounted file systems are disks of their own, and which of them a path lies on. Pure; called by host.ts.

import { isNetwork } from './mounts.js';

/** A file system as `df` lists it; bytes. */
export interface Filesystem {
  readonly device: string;
  readonly fstype: string;
  readonly mountpoint: string;
  readonly size: number;
  readonly used: number;
  readonly available: number;
  /** The file system itself is read-only; undefined where that is not known. */
  readonly readOnly?: boolean;
}

/** Images, which are full by nature, also as the root of an immutable system. */
const IMAGE = /^(?:composefs|cramfs|erofs|fuse\.(?:snapfuse|squashfuse.*|erofsfuse)|iso9660|romfs|squashfs)$/;
/** The root of an immutable system is an overlay of this name (ostree, bootc). */
const IMAGE_DEVICE = 'composefs';
/**
 * Never a disk, or another disk's files shown a second time.
 * Source: node_exporter, --collector.filesystem.fs-types-exclude, and what `df` lists of memory.
 */
const VIRTUAL =
  /^(?:aufs|autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fuse\.(?:portal|gvfsd.*|lxcfs)|fusectl|hugetlbfs|mqueue|nsfs|overlay|procf?s?|pstore|ramfs|rootfs|rpc_pipefs|securityfs|selinuxfs|sysfs|tmpfs|tracefs)$/;
/** Source: node_exporter, --collector.filesystem.mount-points-exclude. */
const PLUMBING =
  /^\/(?:dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)(?:$|\/)/;

/** True for types of which none is shown, the root aside, so that they need not be asked. */
export function isLeftOut(fstype: string): boolean {
  return IMAGE.test(fstype) || VIRTUAL.test(fstype);
}

/** False for what cannot be filled: images and what is read-only itself, where that is known. */
function canBeFilled({ device, fstype, size, used, available, readOnly }: Filesystem): boolean {
  if (readOnly || IMAGE.test(fstype) || device === IMAGE_DEVICE) return false;
  // A disk that is full keeps a reserve; the file system of an image was made as large as its files.
  return !(device.startsWith('/dev/loop') && available === 0 && used === size);
}

/**
 * The real ones that can be filled, each device once at its shortest mount point. A writable root counts whatever its
 * type: in a container it is an overlay, and still the disk that fills up.
 */
export function realFilesystems(mounted: readonly Filesystem[]): Filesystem[] {
  const byDevice = new Map<string, Filesystem>();
  for (const one of mounted) {
    if (!(one.size > 0) || !canBeFilled(one)) continue;
    if (one.mountpoint !== '/' && (VIRTUAL.test(one.fstype) || PLUMBING.test(one.mountpoint))) continue;
    const known = byDevice.get(one.device);
    if (!known || one.mountpoint.length < known.mountpoint.length) byDevice.set(one.device, one);
  }
  return [...byDevice.values()];
}

/** Where an immutable system writes. */
const WRITABLE = '/var';

/**
 * The disk that is filled by writing to a path: the one it lies on, or, where that is an image, the disk of `/var` or
 * the largest one of this machine. Undefined when none is known.
 */
export function diskOf(path: string, mounted: readonly Filesystem[]): Filesystem | undefined {
  const own = filesystemOf(path, mounted);
  if (!own || canBeFilled(own)) return own;
  const real = realFilesystems(mounted);
  const written = filesystemOf(WRITABLE, mounted);
  if (written && real.some(({ device }) => device === written.device)) return written;
  return real.filter(({ fstype }) => !isNetwork(fstype)).reduce<Filesystem | undefined>(larger, undefined);
}

function larger(a: Filesystem | undefined, b: Filesystem): Filesystem {
  return a && a.size >= b.size ? a : b;
}

/** The mounted file system a path lies on; undefined when none is known. */
export function filesystemOf(path: string, mounted: readonly Filesystem[]): Filesystem | undefined {
  let found: Filesystem | undefined;
  for (const one of mounted) {
    const below = one.mountpoint === '/' || path === one.mountpoint || path.startsWith(`${one.mountpoint}/`);
    if (below && one.mountpoint.length > (found?.mountpoint.length ?? 0)) found = one;
  }
  return found;
}

/** Share of the space ordinary users can have that is used, from 0 to 1, as `df` and psutil reckon it. */
export function usage({ used, available }: Filesystem): number {
  return used / (used + available);
}
