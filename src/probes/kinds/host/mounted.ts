// What is mounted and how full it is, read without waiting for file systems that hang.

import { df } from './df.js';
import { type Filesystem, isLeftOut } from './filesystems.js';
import { type Mount, mayHang, readMounts } from './mounts.js';
import { Refreshed } from './refreshed.js';
import type { System } from './system.js';

/** In milliseconds. Every reading starts processes. */
const MAX_AGE = 60_000;
/** File systems that may hang and are asked, each by a process of its own that hangs when it does. */
const MAX_NETWORK = 32;

export class MountedFilesystems {
  readonly #local: Refreshed<Filesystem[]>;
  readonly #network = new Map<string, Refreshed<Filesystem[]>>();
  #mounts: readonly Mount[] = [];

  constructor(system: Pick<System, 'fsSize'>, mounts: () => Promise<Mount[]> = readMounts) {
    this.#local = new Refreshed(async () => {
      this.#mounts = await mounts();
      return readLocal(system, this.#mounts);
    }, MAX_AGE);
  }

  /** Those that are known; what hangs is waited for until `patience` ends and shown as it was before. */
  async get(timeout: Promise<void>): Promise<Filesystem[]> {
    const local = (await this.#local.get(timeout)) ?? [];
    const answers = await Promise.all(this.#networkReadings().map(reading => reading.get(timeout)));
    const byMountpoint = new Map(
      [...local, ...answers.flatMap(answer => answer ?? [])].map(one => [one.mountpoint, one]),
    );
    const readOnly = new Map(this.#mounts.map(mount => [mount.mountpoint, mount.readOnly]));
    return [...byMountpoint.values()].map(one => ({
      ...one,
      readOnly: readOnly.get(one.mountpoint) ?? false,
    }));
  }

  /** One reading per mount point, kept as long as it is mounted. */
  #networkReadings(): Refreshed<Filesystem[]>[] {
    const points = new Set(
      this.#mounts
        .filter(({ fstype }) => mayHang(fstype) && !isLeftOut(fstype))
        .map(({ mountpoint }) => mountpoint),
    );
    for (const point of this.#network.keys()) if (!points.has(point)) this.#network.delete(point);
    for (const point of [...points].slice(0, MAX_NETWORK)) {
      if (!this.#network.has(point)) this.#network.set(point, new Refreshed(() => df([point]), MAX_AGE));
    }
    return [...this.#network.values()];
  }
}

/** systeminformation knows more of some file systems, but asks all of them at once. */
async function readLocal(system: Pick<System, 'fsSize'>, mounts: readonly Mount[]): Promise<Filesystem[]> {
  if (mounts.some(({ fstype }) => mayHang(fstype))) {
    const local = mounts.filter(
      ({ fstype, mountpoint }) => mountpoint === '/' || (!mayHang(fstype) && !isLeftOut(fstype)),
    );
    return df([...new Set(local.map(({ mountpoint }) => mountpoint))]);
  }
  return (await system.fsSize()).map(({ fs, type, mount, size, used, available }) => ({
    ...{ device: fs, fstype: type, mountpoint: mount },
    ...{ size, used, available },
  }));
}
