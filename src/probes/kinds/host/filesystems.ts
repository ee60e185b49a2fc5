// Which of the mounted file systems are disks of their own, and which of them a path lies on. Pure; called by host.ts.

/** A file system as `df` lists it; bytes. */
export interface Filesystem {
  readonly device: string;
  readonly fstype: string;
  readonly mountpoint: string;
  readonly size: number;
  readonly used: number;
  readonly available: number;
}

/** Never a disk, or another disk's files shown a second time. */
const VIRTUAL =
  /^(?:overlay|aufs|squashfs|tmpfs|devtmpfs|ramfs|rootfs|efivarfs|fuse\.(?:snapfuse|portal|gvfsd.*)|iso9660|cgroup2?|proc|sysfs|nsfs)$/;

/**
 * The real ones, each device once at its shortest mount point. The root always counts: in a container it is an
 * overlay, and still the disk that fills up.
 */
export function realFilesystems(mounted: readonly Filesystem[]): Filesystem[] {
  const byDevice = new Map<string, Filesystem>();
  for (const one of mounted) {
    if (!(one.size > 0) || (VIRTUAL.test(one.fstype) && one.mountpoint !== '/')) continue;
    const known = byDevice.get(one.device);
    if (!known || one.mountpoint.length < known.mountpoint.length) byDevice.set(one.device, one);
  }
  return [...byDevice.values()];
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
