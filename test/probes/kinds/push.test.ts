import { afterEach, describe, expect, test } from 'vitest';
import { schemaKit } from '../../../src/config/schema-kit.js';
import type { LastPush } from '../../../src/model/push.js';
import { attemptFamilies, runCheck } from '../../../src/probes/attempt.js';
import { Connections } from '../../../src/probes/http/connections.js';
import { type PushOptions, push } from '../../../src/probes/kinds/push.js';
import { ReadingsRecorder } from '../../../src/probes/readings.js';

const TOKEN = 'feedfacefeedface';
const HOUR = 3_600_000;
const connections = new Connections();
afterEach(() => connections.close());

const optionsOf = (over: object = {}) =>
  push.options(schemaKit).parse({ token: TOKEN, push_interval: '1d', grace: '1h', ...over }) as PushOptions;

async function check(last: LastPush | undefined, over: object = {}) {
  const probe = await push.open(optionsOf(over), { connections, lastPush: () => last });
  const slowAfter = push.slowAfter as number;
  const outcome = await runCheck(
    probe,
    { isService: true, timeout: 1000, slowAfter },
    new ReadingsRecorder(),
  );
  const { layout, values } = outcome.readings;
  const samples = Object.fromEntries((layout?.families ?? []).map((name, i) => [name, values[i]]));
  return { ...outcome, samples };
}

/** So long ago. */
const ago = (span: number, report?: LastPush['report']): LastPush => ({
  at: Date.now() - span,
  ...(report && { report }),
});
const UP = { status: 'up', message: '' } as const;

describe('push', () => {
  test.each<[name: string, last: LastPush | undefined, want: string]>([
    ['of which nothing is known', undefined, 'timeout: No push yet'],
    ['that has never pushed, and need not have', ago(24 * HOUR), 'timeout: No push yet, expected every 1d'],
    ['that has never pushed and is late', ago(26 * HOUR), 'timeout: No push yet, expected every 1d'],
    ['that pushed', ago(0, UP), 'healthy'],
    ['that pushed with a message', ago(0, { ...UP, message: '42 files' }), 'healthy'],
    ['within its interval', ago(23 * HOUR, UP), 'healthy'],
    ['within its grace', ago(24.9 * HOUR, UP), 'healthy'],
    ['that is late', ago(25.1 * HOUR, UP), 'timeout: No push since DATE, expected every 1d'],
    [
      'that was down and is late',
      ago(26 * HOUR, { status: 'down', message: 'disk full' }),
      'timeout: No push since DATE, expected every 1d',
    ],
    ['that says it is down', ago(0, { status: 'down', message: 'disk full' }), 'status: disk full'],
    ['that is down and says no more', ago(0, { status: 'down', message: '' }), 'status: Reported down'],
    ['that is degraded', ago(0, { status: 'degraded', message: '2 retries' }), 'degraded 2 retries'],
    [
      'that is degraded and says no more',
      ago(0, { status: 'degraded', message: '' }),
      'degraded Reported degraded',
    ],
    ['whose clock was set back', ago(-5 * HOUR, UP), 'healthy'],
    ['that took hours', ago(0, { ...UP, duration: 3 * HOUR }), 'healthy'],
  ])('a service %s', async (_, last, want) => {
    const { status, reason, error } = await check(last);
    const found = reason ? `${reason}: ${error}` : error ? `${status} ${error}` : status;
    expect(found.replace(/\d{4}-\d\d-\d\dT[\d:.]+/, 'DATE')).toBe(want);
  });

  test.each<[name: string, last: LastPush | undefined, counts: boolean]>([
    ['is not down before its first push is late', ago(24 * HOUR), false],
    ['is down once it is', ago(26 * HOUR), true],
    ['is down at once where it pushed before', ago(26 * HOUR, UP), true],
  ])('%s', async (_, last, counts) => {
    expect((await check(last)).patience === 0).toBe(counts);
  });

  test('has the times of the last push, and its duration as the response time', async () => {
    const last = ago(1000, { status: 'up', message: '42 files', duration: 1500 });
    const { samples, responseTime, details } = await check(last);
    expect(samples).toMatchObject({
      push_last_timestamp_seconds: last.at / 1000,
      push_deadline_timestamp_seconds: last.at / 1000 + 25 * 3600,
      push_last_duration_seconds: 1.5,
      probe_duration_seconds: 1.5,
      probe_success: 1,
    });
    expect(responseTime).toBe(1.5);
    expect(details).toEqual({ last_push: expect.stringMatching(/^\d{4}-/), push_message: '42 files' });
    expect(attemptFamilies.map(({ name }) => name)).toContain('probe_success');
  });

  test('has no duration where the push had none', async () => {
    expect((await check(ago(0, UP))).samples.push_last_duration_seconds).toBeNaN();
  });

  test('fails while the file of its token is gone', async () => {
    const { FileSecret } = await import('../../../src/config/file-secret.js');
    const { reason, error } = await check(ago(0, UP), { token: new FileSecret('/nowhere/token') });
    expect(`${reason}: ${error}`).toBe('auth: Secret: cannot read /nowhere/token: no such file');
  });
});

describe('the options', () => {
  test.each<[name: string, over: object, want: string]>([
    [
      'a short token',
      { token: 'secret' },
      'token has 6; it needs 16 characters: make one with openssl rand -hex 16',
    ],
    [
      'an empty token',
      { token: '' },
      'there is no token; it needs 16 characters: make one with openssl rand -hex 16',
    ],
    ['no token', { token: undefined }, 'token: expected a text'],
    [
      'no interval',
      { push_interval: undefined },
      'push_interval: expected a duration such as 30s, 5m or 1h30m',
    ],
    ['an interval of years', { push_interval: '2y' }, 'push_interval: must be at most 366d'],
    ['an unknown key', { every: '1d' }, 'unknown key "every"'],
  ])('%s', (_, over, want) => {
    const parsed = push.options(schemaKit).safeParse({ token: TOKEN, push_interval: '1d', ...over });
    const problem = parsed.success
      ? push.check?.(parsed.data as PushOptions)
      : parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    expect(problem).toContain(want);
    expect(problem).not.toContain('\n');
  });

  test('a month is an interval', () => {
    expect(optionsOf({ push_interval: '31d' }).push_interval).toBe(31 * 24 * HOUR);
  });
});
