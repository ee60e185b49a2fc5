import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { CpuMeter } from '../../../src/probes/kinds/host/cpu.js';
import {
  diskOf,
  type Filesystem,
  filesystemOf,
  realFilesystems,
  usage,
} from '../../../src/probes/kinds/host/filesystems.js';
import { MountedFilesystems } from '../../../src/probes/kinds/host/mounted.js';
import { isNetwork, mayHang, parseMounts } from '../../../src/probes/kinds/host/mounts.js';
import { Refreshed } from '../../../src/probes/kinds/host/refreshed.js';
import { type HostFacts, host } from '../../../src/probes/kinds/host.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { Bench, run, verdict } from './recording.js';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

describe('the processors', () => {
  const cases: readonly [name: string, readings: [busy: number, total: number][], want: number[]][] = [
    [
      'half busy',
      [
        [100, 1000],
        [600, 2000],
      ],
      [0.5],
    ],
    [
      'an interval of nothing is no reading',
      [
        [100, 1000],
        [100, 1000],
        [350, 2000],
      ],
      [Number.NaN, 0.25],
    ],
    [
      'a short measurement does not restart the interval',
      [
        [0, 0],
        [10, 20],
        [50, 100],
      ],
      [Number.NaN, 0.5],
    ],
    [
      'counters that went back',
      [
        [900, 1000],
        [100, 2000],
      ],
      [0],
    ],
    [
      'idle',
      [
        [100, 1000],
        [100, 5000],
      ],
      [0],
    ],
  ];
  test.each(cases)('%s', (_, readings, want) => {
    let at = 0;
    const meter = new CpuMeter(() => {
      const [busy, total] = readings[at++] ?? [0, 0];
      return { busy, total };
    });
    expect(want.map(() => meter.ratio())).toEqual(want);
  });
});

describe('the file systems', () => {
  const disk = (mountpoint: string, device: string, fstype = 'ext4', size = 100): Filesystem => ({
    ...{ mountpoint, device, fstype, size },
    ...{ used: 30, available: 60 },
  });
  const cases: readonly [name: string, mounted: Filesystem[], want: string[]][] = [
    ['disks', [disk('/', '/dev/vda1'), disk('/data', '/dev/vdb')], ['/', '/data']],
    ['bind mounts of one device', [disk('/etc/hosts', '/dev/vda1'), disk('/', '/dev/vda1')], ['/']],
    ['the overlay of a container is its root', [disk('/', 'overlay', 'overlay')], ['/']],
    [
      'no container layers, snaps or memory',
      [
        disk('/', '/dev/vda1'),
        disk('/var/lib/docker/overlay2/1/merged', 'overlay', 'overlay'),
        disk('/snap/core/1', '/dev/loop1', 'squashfs'),
        disk('/run', 'tmpfs', 'tmpfs'),
      ],
      ['/'],
    ],
    [
      'the root of an immutable system',
      [disk('/', 'composefs', 'overlay'), disk('/var', '/dev/vda4', 'btrfs')],
      ['/var'],
    ],
    [
      'no images',
      [
        disk('/', '/dev/vda1'),
        disk('/a', '/dev/loop3', 'erofs'),
        disk('/b', '/dev/sr0', 'iso9660'),
        disk('/c', '/dev/loop4', 'squashfs'),
        disk('/d', 'snapfuse', 'fuse.snapfuse'),
        { ...disk('/e', '/dev/loop5'), used: 100, available: 0 },
      ],
      ['/'],
    ],
    ['an image as the root', [disk('/', '/dev/loop0', 'squashfs'), disk('/data', '/dev/vda1')], ['/data']],
    [
      'what is read-only itself',
      [
        { ...disk('/', '/dev/dm-0'), readOnly: true },
        { ...disk('/data', '/dev/vda1'), readOnly: false },
      ],
      ['/data'],
    ],
    ['a disk that is full', [{ ...disk('/', '/dev/vda1'), used: 100, available: 0 }], ['/']],
    [
      'what servers hold',
      [disk('/', '/dev/vda1'), disk('/mnt/my files', 'nas:/volume1', 'nfs4'), disk('/mnt/c', 'C:\\', '9p')],
      ['/', '/mnt/my files', '/mnt/c'],
    ],
    [
      "what node_exporter's mount points leave out",
      [
        disk('/', '/dev/vda1'),
        disk('/var/lib/docker', '/dev/vdb'),
        disk('/var/lib/docker/x', '/dev/vdc'),
        disk('/dev/x', '/dev/vdd'),
      ],
      ['/', '/var/lib/docker'],
    ],
    ['nothing of size 0', [disk('/', '/dev/vda1'), disk('/proc/x', 'x', 'x', 0)], ['/']],
  ];
  test.each(cases)('%s', (_, mounted, want) => {
    expect(realFilesystems(mounted).map(({ mountpoint }) => mountpoint)).toEqual(want);
  });

  const mounted = [disk('/', 'a'), disk('/data', 'b'), disk('/data/models', 'c')];
  const paths: readonly [path: string, want: string][] = [
    ['/', '/'],
    ['/database', '/'],
    ['/data', '/data'],
    ['/data/x', '/data'],
    ['/data/models/y', '/data/models'],
  ];
  test.each(paths)('%s lies on %s', (path, want) =>
    expect(filesystemOf(path, mounted)?.mountpoint).toBe(want),
  );
  test('none is known', () => expect(filesystemOf('/', [])).toBeUndefined());

  const image = disk('/', 'composefs', 'overlay');
  const disks: readonly [name: string, path: string, mounted: Filesystem[], want: string | undefined][] = [
    ['its own', '/', mounted, '/'],
    [
      '/var of an immutable system',
      '/',
      [image, disk('/boot', 'a', 'ext4', 9999), disk('/var', 'b')],
      '/var',
    ],
    [
      'the largest of this machine',
      '/',
      [image, disk('/a', 'a'), disk('/b', 'b', 'xfs', 200), disk('/n', 'n:/', 'nfs', 900)],
      '/b',
    ],
    ['none', '/', [image], undefined],
    ['a path on a disk', '/boot/x', [image, disk('/boot', 'a')], '/boot'],
  ];
  test.each(disks)('the disk that fills up: %s', (_, path, all, want) =>
    expect(diskOf(path, all)?.mountpoint).toBe(want),
  );
  test('counts the reserve of root as neither', () => expect(usage(disk('/', 'a'))).toBeCloseTo(1 / 3));
});

describe('the mount table', () => {
  const text = [
    '26 1 253:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro',
    '27 26 253:1 /x /etc/hosts ro,relatime - ext4 /dev/vda1 rw',
    '28 26 7:3 / /snap/core\\040x ro,nodev shared:2 master:1 - squashfs /dev/loop3 ro,errors=continue',
    '29 26 0:50 / /mnt/nas rw - nfs4 nas:/volume1 rw,vers=4.2',
    'nonsense',
    '',
  ].join('\n');
  test('distinguishes a read-only file system from a read-only mount of a writable one', () => {
    expect(parseMounts(text)).toEqual([
      { mountpoint: '/', fstype: 'ext4', readOnly: false },
      { mountpoint: '/etc/hosts', fstype: 'ext4', readOnly: false },
      { mountpoint: '/snap/core x', fstype: 'squashfs', readOnly: true },
      { mountpoint: '/mnt/nas', fstype: 'nfs4', readOnly: false },
    ]);
  });
  test.each([
    ...['nfs', 'nfs4', 'cifs', '9p', 'fuse.sshfs', 'fuse.rclone', 'fuse', 'ceph'].map(
      type => [type, true] as const,
    ),
    ...['ext4', 'fuseblk', 'fusectl', 'nfsd', 'overlay', 'virtiofs'].map(type => [type, false] as const),
  ])('%s of the network: %s', (type, want) => expect(isNetwork(type)).toBe(want));
  test.each([
    ...['nfs4', 'fuse.sshfs', 'fuseblk', 'virtiofs', 'vmhgfs'].map(type => [type, true] as const),
    ...['ext4', 'fusectl', 'overlay', 'zfs'].map(type => [type, false] as const),
  ])('%s may hang: %s', (type, want) => expect(mayHang(type)).toBe(want));
});

describe('a network file system that hangs', () => {
  const folder = makeFolder('df');
  const path = process.env.PATH;
  afterAll(() => {
    process.env.PATH = path;
    removeFolder(folder);
  });

  test('does not hide other file systems, is measured once, and delays once', async () => {
    // A `df` that hangs as the real one does, and records its arguments.
    writeFileSync(
      join(folder, 'df'),
      `#!/bin/sh
echo "$@" >> ${folder}/asked
case "$*" in *dead*) exec sleep 20;; esac
echo 'Filesystem Type 1024-blocks Used Available Capacity Mounted on'
case "$*" in
  *'/mnt/my files'*) echo 'nas:/v1 nfs4 1000 400 600 40% /mnt/my files';;
  *) echo '/dev/vda1 ext4 1000 500 500 50% /'; echo '/dev/vdb xfs 1000 100 900 10% /data';;
esac
`,
      { mode: 0o755 },
    );
    process.env.PATH = `${folder}:${path}`;
    const mount = (mountpoint: string, fstype: string) => ({
      mountpoint,
      fstype,
      readOnly: mountpoint === '/data',
    });
    const mounts = [
      mount('/', 'ext4'),
      mount('/data', 'xfs'),
      mount('/mnt/my files', 'nfs4'),
      mount('/mnt/dead', 'nfs'),
    ];
    const unused = () => Promise.reject(new Error('all at once'));
    const mounted = new MountedFilesystems({ fsSize: unused }, async () => mounts);
    const want = ['/', '/data', '/mnt/my files'];
    const first = await mounted.get(delay(3000));
    expect(first.map(({ mountpoint }) => mountpoint)).toEqual(want);
    expect(first.map(({ readOnly }) => readOnly)).toEqual([false, true, false]);
    expect(first[2]).toMatchObject({ device: 'nas:/v1', fstype: 'nfs4', size: 1_024_000, used: 409_600 });
    const never = new Promise<never>(() => {});
    expect((await mounted.get(never)).map(({ mountpoint }) => mountpoint)).toEqual(want);
    const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n').sort();
    expect(asked).toEqual(['-kPT / /data', '-kPT /mnt/dead', '-kPT /mnt/my files']);
  });
});

describe('a costly reading', () => {
  test('is made once while it is fresh', async () => {
    let reads = 0;
    const value = new Refreshed(async () => ++reads, 60_000);
    expect([await value.get(never), await value.get(never)]).toEqual([1, 1]);
  });

  test('that hangs delays once, and is not started again', async () => {
    let reads = 0;
    const value = new Refreshed(() => {
      reads++;
      return never;
    }, 0);
    expect(await value.get(Promise.resolve())).toBeUndefined();
    expect(await value.get(Promise.resolve())).toBeUndefined();
    expect(reads).toBe(1);
  });

  const never = new Promise<never>(() => {});
});

describe('host', () => {
  test('measures this machine', async () => {
    const probe = await bench.open(host, {});
    const ran = await run(probe);
    const { attempt } = ran;
    expect(verdict(ran)).toBe('ok');
    expect(attempt.value('host_cpus')).toBe(cpus().length);
    expect(attempt.value('host_memory_total_bytes')).toBe(totalmem());
    for (const ratio of ['host_cpu_usage_ratio', 'host_memory_usage_ratio']) {
      expect(attempt.value(ratio)).toBeGreaterThanOrEqual(0);
      expect(attempt.value(ratio)).toBeLessThanOrEqual(1);
    }
    const names = [...attempt.measuredSamples.keys()];
    expect(names.filter(name => name.startsWith('host_filesystem_size_bytes{mountpoint="/"'))).toHaveLength(
      1,
    );
    expect(attempt.value('host_boot_time_seconds')).toBeLessThan(Date.now() / 1000);
    expect(attempt.facts?.host).toMatchObject({
      cpu_percent: expect.any(Number),
      memory: { total: totalmem(), available: expect.any(Number), percent: expect.any(Number) },
      disk: { total: expect.any(Number), free: expect.any(Number), percent: expect.any(Number) },
    });
    const { disk, memory } = (attempt.facts as { host: HostFacts }).host;
    expect(disk?.free).toBeLessThan(disk?.total ?? 0);
    expect(memory.percent).toBeCloseTo(((memory.total - memory.available) / memory.total) * 100, 0);
  });

  test('names the same series at the next probe', async () => {
    const probe = await bench.open(host, { disk: '/tmp' });
    const first = (await run(probe)).attempt;
    const second = (await run(probe)).attempt;
    expect([...second.samples.keys()]).toEqual([...first.samples.keys()]);
    expect(second.value('host_boot_time_seconds')).toBe(first.value('host_boot_time_seconds'));
    expect(second.value('host_cpu_usage_ratio')).toBeDefined();
  });
});
