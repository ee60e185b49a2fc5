import { cpus, totalmem } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { CpuMeter } from '../../../src/probes/kinds/host/cpu.js';
import {
  type Filesystem,
  filesystemOf,
  realFilesystems,
  usage,
} from '../../../src/probes/kinds/host/filesystems.js';
import { Refreshed } from '../../../src/probes/kinds/host/refreshed.js';
import { type HostFacts, host } from '../../../src/probes/kinds/host.js';
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
      'a short look does not start the interval anew',
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
  it.each(cases)('%s', (_, readings, want) => {
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
    ['nothing of size 0', [disk('/', '/dev/vda1'), disk('/proc/x', 'x', 'x', 0)], ['/']],
  ];
  it.each(cases)('%s', (_, mounted, want) => {
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
  it.each(paths)('%s lies on %s', (path, want) => expect(filesystemOf(path, mounted)?.mountpoint).toBe(want));
  it('none is known', () => expect(filesystemOf('/', [])).toBeUndefined());
  it('counts the reserve of root as neither', () => expect(usage(disk('/', 'a'))).toBeCloseTo(1 / 3));
});

describe('a costly reading', () => {
  it('is taken once while it is fresh', async () => {
    let reads = 0;
    const value = new Refreshed(async () => ++reads, 60_000);
    expect([await value.get(never), await value.get(never)]).toEqual([1, 1]);
  });

  it('that hangs is waited for once, and never started again', async () => {
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
  it('measures this machine', async () => {
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
    const names = [...attempt.measured.keys()];
    expect(names.filter(name => name.startsWith('host_filesystem_size_bytes{mountpoint="/"'))).toHaveLength(
      1,
    );
    expect(attempt.value('host_boot_time_seconds')).toBeLessThan(Date.now() / 1000);
    expect(attempt.facts).toMatchObject({
      cpu_percent: expect.any(Number),
      memory: { total: totalmem(), available: expect.any(Number), percent: expect.any(Number) },
      disk: { total: expect.any(Number), free: expect.any(Number), percent: expect.any(Number) },
      load: [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
    const { disk, memory } = attempt.facts as HostFacts;
    expect(disk?.free).toBeLessThan(disk?.total ?? 0);
    expect(memory.percent).toBeCloseTo(((memory.total - memory.available) / memory.total) * 100, 0);
  });

  it('names the same series at the next probe', async () => {
    const probe = await bench.open(host, { disk: '/tmp' });
    const first = (await run(probe)).attempt;
    const second = (await run(probe)).attempt;
    expect([...second.samples.keys()]).toEqual([...first.samples.keys()]);
    expect(second.value('host_boot_time_seconds')).toBe(first.value('host_boot_time_seconds'));
    expect(second.value('host_cpu_usage_ratio')).toBeDefined();
  });
});
