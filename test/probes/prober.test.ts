import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CheckResult } from '../../src/model/result.js';
import { planConcurrency } from '../../src/probes/concurrency.js';
import type { ProberConfig, TargetConfig } from '../../src/probes/config.js';
import { DEFAULT_LIMITS } from '../../src/probes/http/connections.js';
import { runInline } from '../../src/probes/inline.js';
import { type Attempt, ProbeFailure } from '../../src/probes/probe.js';
import type { ProbeKind } from '../../src/probes/probe-kind.js';
import type { CheckRunner } from '../../src/probes/runner.js';
import type { Scan } from '../../src/probes/scan.js';

/** How a scripted service answers: after `ms`, with a failure or not; `hang` never. */
type Script = { ms?: number; fails?: boolean; hang?: boolean; patience?: number };

class Stage {
  readonly scripts = new Map<string, Script>();
  /** `[second, id]` of every start. */
  readonly starts: [number, string][] = [];
  readonly results: CheckResult[] = [];
  readonly scans: Scan[] = [];
  readonly troubles: string[] = [];
  readonly closed: string[] = [];
  most = 0;
  #running = new Map<string, number>();
  readonly runner: CheckRunner;
  readonly #begun = performance.now();
  /** The same by the wall clock. */
  readonly began = Date.now();

  constructor() {
    const stage = this;
    const kind: ProbeKind<{ id: string; broken?: boolean }> = {
      kind: 'scripted',
      options: ({ section }) => section({}),
      families: [],
      open({ id, broken }) {
        if (broken) throw new Error('no such certificate');
        return { run: attempt => stage.#answer(id, attempt), close: () => void stage.closed.push(id) };
      },
    };
    this.runner = runInline(
      {
        onResult: result => this.results.push(result),
        onScan: scan => this.scans.push(scan),
        onInference: () => {},
        onTrouble: (id, message) => this.troubles.push(`${id}: ${message}`),
        onDown: () => {},
      },
      [kind],
    );
  }

  async #answer(id: string, attempt: Attempt): Promise<void> {
    this.starts.push([Math.round((performance.now() - this.#begun) / 100) / 10, id]);
    this.#running.set(id, (this.#running.get(id) ?? 0) + 1);
    if ((this.#running.get(id) as number) > 1) throw new Error(`${id} is asked twice at once`);
    this.most = Math.max(
      this.most,
      [...this.#running.values()].reduce((a, b) => a + b, 0),
    );
    const { ms = 10, fails, hang, patience } = this.scripts.get(id) ?? {};
    await new Promise<void>(resolve => {
      if (!hang) setTimeout(resolve, ms);
      attempt.onCancel(resolve);
    });
    this.#running.set(id, 0);
    if (fails) throw new ProbeFailure('status', 'HTTP 503', patience);
  }

  startsOf(id: string): number[] {
    return this.starts.filter(([, who]) => who === id).map(([at]) => at);
  }

  last(id: string): CheckResult | undefined {
    return this.results.findLast(result => result.target === id);
  }
}

function check(id: string, more: Partial<TargetConfig> & { broken?: boolean } = {}): TargetConfig {
  const { broken, ...rest } = more;
  return {
    id,
    kind: 'scripted',
    isService: true,
    options: { id, broken },
    critical: true,
    timeout: 3000,
    slowAfter: 1000,
    confirm: { failures: 2, successes: 2, every: 2000 },
    sampleLimit: Number.POSITIVE_INFINITY,
    interval: 30_000,
    ...rest,
  };
}

const plan = (
  checks: TargetConfig[],
  { limit = 5, ...more }: Partial<ProberConfig> & { limit?: number } = {},
): ProberConfig => ({
  targets: checks,
  concurrency: planConcurrency(checks, limit),
  connections: DEFAULT_LIMITS,
  scan: 30_000,
  ...more,
});

const seconds = (n: number) => vi.advanceTimersByTimeAsync(n * 1000);
let stage: Stage;

beforeEach(() => {
  vi.useFakeTimers();
  stage = new Stage();
});

afterEach(async () => {
  await stage.runner.close();
  vi.useRealTimers();
});

describe('a service that is starting', () => {
  const levels = () => stage.results.map(({ level }) => level);

  test('keeps its level until its patience has passed, and is checked at its interval', async () => {
    stage.runner.setStatus('healthy');
    stage.runner.configure(plan([check('a')]));
    await seconds(1);
    stage.scripts.set('a', { fails: true, patience: 80_000 });
    await seconds(95);
    expect(stage.startsOf('a')).toEqual([0, 30, 60, 90]);
    expect(levels()).toEqual(['up', 'up', 'up', 'up']);
    expect(stage.last('a')).toMatchObject({ status: 'unhealthy', error: 'HTTP 503', consecutiveFailures: 3 });
    await seconds(30);
    expect(levels().slice(4)).toEqual(['up', 'down']);
  });

  test('has its patience again after a good answer', async () => {
    stage.runner.setStatus('healthy');
    stage.scripts.set('a', { fails: true, patience: 80_000 });
    stage.runner.configure(plan([check('a')]));
    await seconds(1);
    for (const fails of [true, false, true, true, true]) {
      stage.scripts.set('a', { fails, patience: 80_000 });
      await seconds(30);
    }
    expect(levels()).toEqual(['unknown', 'unknown', 'up', 'up', 'up', 'up']);
  });
});

describe('the prober', () => {
  test('checks at the intervals, and ends a scan when all of its checks have ended', async () => {
    stage.runner.setStatus('healthy');
    stage.runner.configure(plan([check('a'), check('b', { critical: false, interval: 60_000 })]));
    await seconds(95);
    expect(stage.startsOf('a')).toEqual([0, 30, 60, 90]);
    expect(stage.startsOf('b')).toEqual([0, 60]);
    expect(stage.scans.map(scan => [Math.round(scan.endedAt - scan.startedAt) / 10, scan.complete])).toEqual([
      [1, true],
      [1, true],
      [1, true],
      [1, true],
    ]);
  });

  test('confirms a failure shortly after, and the scan waits for the confirmation', async () => {
    stage.runner.setStatus('healthy');
    stage.runner.configure(plan([check('a')]));
    await seconds(29);
    stage.scripts.set('a', { fails: true });
    await seconds(5);
    expect(stage.startsOf('a')).toEqual([0, 30, 32]);
    expect(
      stage.results.map(({ status, level, consecutiveFailures }) => [status, level, consecutiveFailures]),
    ).toEqual([
      ['healthy', 'up', 0],
      ['unhealthy', 'up', 1],
      ['unhealthy', 'down', 2],
    ]);
    expect(stage.scans).toHaveLength(2);
    expect((stage.scans[1] as Scan).endedAt - (stage.scans[1] as Scan).startedAt).toBeGreaterThan(2000);
    stage.scripts.delete('a');
    await seconds(30);
    expect(stage.startsOf('a').slice(3)).toEqual([60, 62]);
    expect(stage.last('a')).toMatchObject({ status: 'healthy', level: 'up', consecutiveFailures: 0 });
  });

  test('scans have the times of their checks, before, during and after an outage', async () => {
    stage.scripts.set('slow', { ms: 400 });
    stage.runner.setStatus('healthy');
    stage.runner.configure(
      plan([check('a'), check('slow'), check('other', { critical: false, interval: 60_000 })]),
    );
    await seconds(41.3);
    stage.runner.setStatus('unhealthy');
    await seconds(23.4);
    stage.runner.setStatus('degraded');
    await seconds(17.2);
    stage.runner.setStatus('healthy');
    await seconds(70);
    const rows = stage.scans.map(({ startedAt, endedAt, work, complete }) => {
      const started = stage.starts.filter(([at]) => at >= (startedAt - stage.began) / 1000 - 0.01);
      return [
        started[0]?.[0],
        Math.round((endedAt - startedAt) / 10) / 100,
        Math.round(work / 10) / 100,
        complete,
      ];
    });
    expect(rows).toEqual([0, 30, 41.3, 45, 50, 55, 60, 75, 90, 120, 150].map(at => [at, 0.4, 0.4, true]));
  });

  test('the duration of a scan is that of its checks, without their wait for a slot', async () => {
    stage.scripts.set('a', { ms: 200 });
    stage.scripts.set('b', { ms: 200 });
    stage.runner.setStatus('healthy');
    stage.runner.configure(plan([check('a')]));
    await seconds(10);
    stage.runner.configure(plan([check('a'), check('b', { interval: 20_000 })]));
    await seconds(51);
    expect(stage.startsOf('b')).toEqual([10, 20, 40, 60]);
    // b is in step with a every minute.
    expect(stage.scans.map(({ work }) => Math.round(work / 10) / 100)).toEqual([0.2, 0.2, 0.2]);
  });

  test('a service that hangs delays neither the others nor the end of the scan for ever', async () => {
    stage.scripts.set('hung', { hang: true });
    stage.runner.setStatus('unhealthy');
    stage.runner.configure(plan([check('hung', { timeout: 15_000 }), check('a')]));
    await seconds(31);
    expect(stage.startsOf('a').filter(at => at < 26)).toHaveLength(6);
    expect(stage.scans.length).toBeGreaterThanOrEqual(6);
    expect(stage.scans[0]).toMatchObject({ complete: false });
    expect(stage.last('hung')).toMatchObject({
      status: 'timeout',
      responseTime: 15,
      error: 'Request timed out',
    });
  });

  test('keeps to the limit, critical ones first', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `s${i}`);
    for (const id of ids) stage.scripts.set(id, { ms: 500 });
    const checks = ids.map((id, i) => check(id, { critical: i % 2 === 0 }));
    stage.runner.configure(plan(checks, { limit: 2 }));
    await seconds(4);
    expect(stage.most).toBe(2);
    expect(stage.starts.slice(0, 6).every(([, id]) => Number(id.slice(1)) % 2 === 0)).toBe(true);
    expect(new Set(stage.starts.map(([, id]) => id)).size).toBe(12);
    // The last ones wait for those before them.
    const [{ lag, lags }] = stage.scans as [Scan];
    expect([lags.length, Math.min(...lags), Math.max(...lags)]).toEqual([12, 0, lag]);
    expect(lag).toBeGreaterThan(1000);
  });

  test('hanging services do not delay healthy ones where the limit is too low', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `s${i}`);
    const hangs = (id: string) => Number(id.slice(1)) % 2 === 0;
    for (const id of ids) if (hangs(id)) stage.scripts.set(id, { hang: true });
    stage.runner.setStatus('healthy');
    stage.runner.configure(
      plan(
        ids.map(id => check(id, { timeout: 10_000 })),
        { limit: 4 },
      ),
    );
    // Before their first check hanging services are not known: they hold every slot until all have timed out once.
    await seconds(120);
    const begun = stage.starts.length;
    await seconds(120);
    const later = stage.starts.slice(begun).map(([, id]) => id);
    const counts = (want: boolean) =>
      ids.filter(id => hangs(id) === want).map(id => later.filter(each => each === id).length);
    expect(Math.min(...counts(false))).toBeGreaterThanOrEqual(3);
    expect(Math.max(...counts(true))).toBeGreaterThan(0);
    expect(stage.most).toBe(4);
  });

  test.each([
    ['healthy', 20],
    ['degraded', 20],
    ['unhealthy', 60],
  ] as const)(
    'with the automatic limit none waits for those that hang in a %s cluster (%d % hang)',
    async (status, share) => {
      // The fake clock scans all timers at every step: twice the services take four times as long.
      const checks = Array.from({ length: 100 }, (_, i) => check(`s${i}`, { timeout: 10_000 }));
      for (const [i, { id }] of checks.entries()) if (i < share) stage.scripts.set(id, { hang: true });
      stage.runner.configure({ ...plan(checks), concurrency: planConcurrency(checks, 'auto') });
      await seconds(35);
      expect(new Set(stage.starts.map(([, id]) => id)).size).toBe(100);
      stage.runner.setStatus(status);
      await seconds(60);
      expect(Math.max(...stage.scans.map(({ lag }) => lag))).toBeLessThan(1000);
      expect(stage.most).toBeLessThan(90);
    },
  );

  test('simultaneous requests for a check at once share one check', async () => {
    stage.scripts.set('a', { ms: 400 });
    stage.runner.setStatus('healthy');
    stage.runner.configure(plan([check('a'), check('b')]));
    await seconds(5);
    stage.runner.refresh(['a', 'unknown']);
    stage.runner.refresh(['a']);
    await seconds(0.2);
    stage.runner.refresh(['a']);
    await seconds(5);
    expect(stage.startsOf('a')).toEqual([0, 5]);
    expect(stage.startsOf('b')).toEqual([0]);
  });

  test('a reload keeps the state of services with the same options and resets that of others', async () => {
    stage.scripts.set('kept', { fails: true });
    stage.scripts.set('changed', { fails: true });
    stage.runner.setStatus('healthy');
    stage.runner.configure(plan([check('kept'), check('changed'), check('gone')]));
    await seconds(10);
    expect(stage.last('kept')?.level).toBe('down');
    const changed = { ...check('changed'), options: { id: 'changed', other: true } };
    stage.runner.configure(plan([check('kept', { timeout: 1000 }), changed, check('new')]));
    await seconds(0.5);
    expect(stage.closed.sort()).toEqual(['changed', 'gone']);
    await seconds(25);
    expect(stage.last('kept')).toMatchObject({ level: 'down', consecutiveFailures: 3 });
    expect(stage.startsOf('new')[0]).toBe(10);
    expect(stage.startsOf('gone')).toHaveLength(1);
  });

  test('a service that cannot be opened is reported, and the others are checked', async () => {
    stage.runner.configure(plan([check('broken', { broken: true }), check('a')]));
    await seconds(1);
    expect(stage.troubles).toEqual(['broken: no such certificate']);
    expect(stage.startsOf('a')).toEqual([0]);
  });

  test('a probe removed during its check is closed after it, and its result is ignored', async () => {
    stage.scripts.set('a', { ms: 1000 });
    stage.runner.configure(plan([check('a'), check('b')]));
    await seconds(0.5);
    stage.runner.configure(plan([check('b')]));
    await seconds(0.1);
    expect(stage.closed).toEqual([]);
    await seconds(2);
    expect(stage.closed).toEqual(['a']);
    expect(stage.last('a')).toBeUndefined();
  });
});
