// The cluster's state, its JSON, its refresher, and the watchdog of scans.

import { describe, expect, test } from 'vitest';
import { HealthWriter } from '../../src/cluster/health-json.js';
import { Refresher } from '../../src/cluster/on-demand.js';
import { ClusterState } from '../../src/cluster/state.js';
import type { ClusterStatus } from '../../src/cluster/status.js';
import { ScanWatchdog } from '../../src/cluster/watchdog.js';
import type { CheckResult } from '../../src/model/result.js';
import { isoLocal } from '../../src/model/time.js';
import { result, service, slow, timedOut } from './results.js';

function stateOf(...ids: string[]): ClusterState {
  const cluster = new ClusterState();
  cluster.setServices(ids.map(id => service(id)));
  return cluster;
}
/** The alert of the rules for a slow service. */
function slowAlert(id: string, error: string): ClusterStatus {
  const message = `${id} is degraded - ${error}`;
  const alert = { name: 'ServiceDegraded', severity: 'warning', service: id, message } as const;
  return { overall: 'degraded', alerts: [{ ...alert, identity: '', startsAt: 0, escalation: undefined }] };
}

describe('ClusterState', () => {
  test('update() returns a change of the level, and otherwise undefined', () => {
    const cluster = stateOf('a');
    const up = result('a');
    expect(cluster.update(up)).toEqual({ service: service('a'), from: 'unknown', to: 'up', result: up });
    expect(cluster.update(result('a', { ...timedOut, level: 'up' }))).toBeUndefined();
    const down = result('a', timedOut);
    expect(cluster.update(down)).toMatchObject({ from: 'up', to: 'down' });
    expect(cluster.update(down)).toBeUndefined();
  });

  test('the last failure stays until recovery is confirmed, and is replaced by a later one', () => {
    const cluster = stateOf('a');
    const words = () => cluster.lastFailure('a')?.error;
    cluster.update(result('a', { ...timedOut, level: 'up' }));
    expect(words()).toBeUndefined();
    cluster.update(result('a', { ...timedOut, at: 100 }));
    cluster.update(result('a', { level: 'down', at: 200 }));
    expect(words()).toBe('Request timed out');
    cluster.update(result('a', { status: 'unhealthy', error: 'HTTP 503', level: 'down', at: 300 }));
    expect(words()).toBe('HTTP 503');
    cluster.update(result('a', { at: 400 }));
    expect(words()).toBeUndefined();
  });

  test('the last status stays while the rules are unavailable, with the problem in the JSON', () => {
    const cluster = stateOf('a');
    const healthy: ClusterStatus = { overall: 'healthy', alerts: [] };
    expect([cluster.status.overall, cluster.rulesProblem]).toEqual(['degraded', undefined]);
    cluster.rulesUnavailable('away');
    expect(cluster.rulesProblem).toEqual({ reason: 'away', since: undefined });
    cluster.setStatus(healthy, 1000);
    expect([cluster.status, cluster.rulesProblem]).toEqual([healthy, undefined]);
    cluster.rulesUnavailable('away again');
    expect([cluster.status, cluster.rulesProblem]).toEqual([healthy, { reason: 'away again', since: 1000 }]);
    const text = new HealthWriter(cluster, 0).write(36_000, 0);
    expect(JSON.parse(text)).toMatchObject({
      overall_status: 'healthy',
      rules: 'away again; state of 35 s ago',
    });
  });

  test('every update changes the version, results of a removed service are ignored', () => {
    const cluster = stateOf('a');
    const seen = [cluster.version];
    const steps = [
      () => cluster.update(result('a')),
      () => cluster.update(result('a')),
      () => cluster.setNode({ memory: { total: 2, available: 1, percent: 50 } }),
      () => cluster.workerLost(),
      () => cluster.setStatus({ overall: 'degraded', alerts: [] }, 7),
      () => cluster.rulesUnavailable('x'),
      () => cluster.setServices([service('a')]),
    ];
    for (const step of steps) {
      step();
      seen.push(cluster.version);
    }
    expect(new Set(seen).size).toBe(seen.length);
    const { version } = cluster;
    expect(cluster.update(result('b', timedOut))).toBeUndefined();
    expect([cluster.version, cluster.result('b'), cluster.has('b')]).toEqual([version, undefined, false]);
  });

  test('services that stay keep their result, those of another kind or added again do not', () => {
    const cluster = stateOf('a', 'b', 'c');
    for (const id of ['a', 'b', 'c']) cluster.update(result(id, timedOut));
    cluster.setServices([service('c', { kind: 'redis' }), service('a', { name: 'A', critical: false })]);
    expect(cluster.services.map(each => each.id)).toEqual(['c', 'a']);
    expect([cluster.result('a')?.status, cluster.result('b'), cluster.result('c')]).toEqual([
      'timeout',
      undefined,
      undefined,
    ]);
    expect(cluster.lastFailure('a')?.error).toBe('Request timed out');
    cluster.setServices([service('a'), service('b')]);
    expect(cluster.result('b')).toBeUndefined();
  });

  test('no service and no cluster is healthy without checks', () => {
    const cluster = stateOf('a');
    cluster.update(result('a'));
    cluster.setStatus({ overall: 'healthy', alerts: [] }, 1);
    cluster.workerLost();
    expect([cluster.status.overall, cluster.result('a'), cluster.lastFailure('a')]).toEqual([
      'degraded',
      undefined,
      undefined,
    ]);
  });
});

describe('HealthWriter', () => {
  const AT = 1_700_000_000_000.125;

  test('writes the JSON of the document', () => {
    const cluster = stateOf('redis', 'tools', 'new');
    cluster.setNode({
      cpu_percent: 15.2,
      memory: { total: 10, available: 5, percent: 34.1 },
      disk: { total: 10, free: 5, percent: 67.8 },
    });
    cluster.update(
      result('redis', {
        details: { connected_clients: 12, used_memory_human: '156.5M' },
        responseTime: 0.0031234567,
      }),
    );
    cluster.update(result('tools', { ...timedOut, statusCode: 200, data: '{"a": [1, 2]}', at: AT }));
    cluster.setStatus({ ...slowAlert('tools', 'Slow'), overall: 'unhealthy' }, AT);
    expect(JSON.parse(new HealthWriter(cluster, 1000).write(AT, 3500))).toEqual({
      timestamp: isoLocal(AT),
      overall_status: 'unhealthy',
      services: {
        redis: {
          name: 'redis',
          critical: true,
          health: {
            status: 'healthy',
            response_time: 0.003123,
            connected_clients: 12,
            used_memory_human: '156.5M',
            last_check: isoLocal(1000),
            since: isoLocal(500),
            consecutive_failures: 0,
          },
        },
        tools: {
          name: 'tools',
          critical: true,
          health: {
            status: 'timeout',
            response_time: 10,
            status_code: 200,
            error: 'Request timed out',
            data: { a: [1, 2] },
            last_check: isoLocal(AT),
            since: isoLocal(500),
            consecutive_failures: 2,
          },
        },
        new: { name: 'new', critical: true, health: { status: 'unknown', error: 'Not checked yet' } },
      },
      cluster_stats: {
        local_node: { cpu_percent: 15.2, memory_percent: 34.1, disk_percent: 67.8 },
        total_services: 3,
        monitoring_uptime: 2.5,
      },
      alerts: ['WARNING: tools is degraded - Slow'],
    });
  });

  test.each([
    ['quotes', 'a "b" \\ c'],
    ['line ends and control characters', 'a\nb\r\t\u0000\u001f'],
    ['a script', '</script><script>alert(1)</script>'],
    ['other scripts', 'größe 模型 😀 \u2028\u2029'],
    ['half a surrogate pair', '\ud800'],
    ['something huge', 'x'.repeat(200_000)],
    ['JSON', '{"a":1},"b":{'],
  ])('writes valid JSON with %s in every text', (_, text) => {
    const cluster = new ClusterState();
    cluster.setServices([service(text, { name: text })]);
    cluster.update(
      result(text, {
        ...slow,
        error: text,
        data: JSON.stringify({ [text]: text }),
        details: { [text]: text },
      }),
    );
    cluster.setStatus(slowAlert(text, text), 0);
    const read = JSON.parse(new HealthWriter(cluster, 0).write(AT, 0));
    expect(read.services[text]).toMatchObject({
      name: text,
      health: { error: text, data: { [text]: text }, [text]: text },
    });
    expect(read.alerts).toEqual([`WARNING: ${text} is degraded - ${text}`]);
  });

  test('a service is written once per result, and again when its name changes', () => {
    const cluster = new ClusterState();
    let written = 0;
    const counting = {
      ...result('a'),
      get status(): 'healthy' {
        written++;
        return 'healthy';
      },
    };
    cluster.setServices([service('a')]);
    cluster.update(counting);
    const health = new HealthWriter(cluster, 0);
    written = 0;
    const first = health.write(AT, 0);
    const once = written;
    expect(once).toBeGreaterThan(0);
    expect(health.write(AT, 0)).toBe(first);
    expect(written).toBe(once);
    cluster.setServices([service('a', { name: 'Alpha' })]);
    expect(JSON.parse(health.write(AT, 0)).services.a.name).toBe('Alpha');
    cluster.setServices([]);
    health.trim();
    expect(JSON.parse(health.write(AT, 0)).services).toEqual({});
  });
});

describe('Refresher', () => {
  function refreshing(...ids: string[]) {
    const cluster = stateOf(...ids);
    const asked: string[][] = [];
    return { cluster, asked, refresher: new Refresher(cluster, wanted => asked.push([...wanted])) };
  }

  test('requests checks of stale results and waits for these only', async () => {
    const { cluster, asked, refresher } = refreshing('a', 'b', 'c');
    cluster.update(result('a', { at: 9000 }));
    cluster.update(result('b', { at: 8999 }));
    const done = refresher.ensure(1000, 10_000);
    expect(asked).toEqual([['b', 'c']]);
    refresher.resolved('a');
    refresher.resolved('c');
    refresher.resolved('b');
    await done;
  });

  test('requests no check while all results are fresh', async () => {
    const { cluster, asked, refresher } = refreshing('a');
    cluster.update(result('a', { at: 10_000 }));
    await refresher.ensure(0, 10_000);
    expect(asked).toEqual([]);
  });

  test('requests at the same time share a check', async () => {
    const { asked, refresher } = refreshing('a', 'b');
    const all = Array.from({ length: 50 }, () => refresher.ensure(0, 10_000));
    expect(asked).toEqual([['a', 'b']]);
    refresher.resolved('a');
    const late = refresher.ensure(0, 10_000);
    expect(asked).toEqual([['a', 'b'], ['a']]);
    refresher.resolved('b');
    await Promise.all(all);
    refresher.resolved('a');
    await late;
  });

  test('ends at its timeout, and requests a check again the next time', async () => {
    const { asked, refresher } = refreshing('a');
    await refresher.ensure(0, 10_000, 5);
    await refresher.ensure(0, 10_000, 5);
    expect(asked).toEqual([['a'], ['a']]);
    refresher.resolved('a');
  });

  test('does not wait for a service that was removed meanwhile', async () => {
    const { cluster, refresher } = refreshing('a');
    const done = refresher.ensure(0, 10_000, 2 ** 30);
    cluster.setServices([]);
    refresher.resolved('a');
    await done;
  });
});

describe('ScanWatchdog', () => {
  test.each<[string, number, number, string | undefined]>([
    ['just started', 1000, 1000, undefined],
    ['three intervals of silence', 1000, 4000, undefined],
    ['more than three', 1000, 4001, 'no scan has ended for 3 s, expected one every 1 s'],
    ['long ago', 1000, 61_000, 'no scan has ended for 60 s, expected one every 1 s'],
  ])('%s', (_, interval, now, want) => expect(new ScanWatchdog(interval, 1000).problem(now)).toBe(want));

  test('the end of a scan is counted and resets the time; a longer interval allows more time', () => {
    const watchdog = new ScanWatchdog(1000, 0);
    watchdog.scanEnded(5000);
    expect([watchdog.scans, watchdog.problem(8000)]).toEqual([1, undefined]);
    expect(watchdog.problem(9000)).toBeDefined();
    watchdog.setInterval(6000);
    expect(watchdog.problem(9000)).toBeUndefined();
  });
});

test.each<[name: string, entries: readonly (readonly [elapsed: number, interval: number])[], want: number[]]>(
  [
    [
      'as much as the time since the one before',
      [
        [31_000, 30_000],
        [61_000, 30_000],
        [66_004, 30_000],
        [66_004, 30_000],
        [96_000, 30_000],
      ],
      [30, 30, 5.004, 0, 29.996],
    ],
    [
      'one interval after a pause',
      [
        [31_000, 30_000],
        [3_661_000, 30_000],
        [3_691_000, 30_000],
      ],
      [30, 30, 30],
    ],
    [
      'as much as it took when a scan is late',
      [
        [31_000, 30_000],
        [85_000, 30_000],
      ],
      [30, 54],
    ],
    [
      'as much as it took on a busy machine, however short the interval',
      [
        [2000, 100],
        [3100, 100],
        [6200, 100],
        [9400, 100],
      ],
      [1, 1.1, 3.1, 0.1],
    ],
    [
      'as much as it took when the pace changes with the scan',
      [
        [31_000, 30_000],
        [61_000, 5000],
        [66_000, 5000],
        [71_000, 30_000],
        [101_000, 30_000],
      ],
      [30, 30, 5, 5, 30],
    ],
    [
      'one interval of the pace there was, after a pause that ends in an outage',
      [
        [6000, 5000],
        [606_000, 5000],
      ],
      [5, 5],
    ],
  ],
)('entries of the history weigh %s', (_, entries, want) => {
  const health = new HealthWriter(stateOf('a'), 1000);
  const durations = entries.map(([elapsed, interval]) => {
    // The wall clock may be set back.
    const sight = health.snapshot(1_700_000_000_000 - elapsed, elapsed);
    return JSON.parse(health.writeEntry(sight, interval)).duration;
  });
  expect(durations).toEqual(want);
});

test('while a service is slow its reason stays the same, also when response times differ', () => {
  const cluster = stateOf('a');
  const words = (error: string, more: Partial<CheckResult> = {}) => {
    cluster.update(result('a', { ...slow, error, ...more }));
    return cluster.lastFailure('a')?.error;
  };
  expect(words('Slow: 6 s, threshold 5 s')).toBe('Slow: 6 s, threshold 5 s');
  expect(words('Slow: 7.2 s, threshold 5 s')).toBe('Slow: 6 s, threshold 5 s');
  expect(words('Slow: 7.2 s, threshold 4 s')).toBe('Slow: 7.2 s, threshold 4 s');
  expect(words('Request timed out', timedOut)).toBe('Request timed out');
  expect(words('Slow: 8 s, threshold 4 s')).toBe('Slow: 8 s, threshold 4 s');
  cluster.update(result('a'));
  expect(words('Slow: 9 s, threshold 4 s')).toBe('Slow: 9 s, threshold 4 s');
});
