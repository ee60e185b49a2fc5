import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/load.js';
import { startMonitor } from './monitor.js';

describe('POST /-/reload', () => {
  it.each([
    [
      'not allowed',
      undefined,
      403,
      { error: 'Lifecycle API is not enabled; start with --web.enable-lifecycle' },
    ],
    ['allowed', async () => {}, 200, { status: 'reloaded' }],
    [
      'a wrong file',
      async () => {
        throw new ConfigError(['monitor.yml: services.a: no url', 'monitor.yml: unknown key "b"']);
      },
      500,
      { error: 'failed to reload config: monitor.yml: services.a: no url; monitor.yml: unknown key "b"' },
    ],
    [
      'a fault of ours',
      async () => {
        throw new TypeError('password "hunter2" of undefined');
      },
      500,
      { error: 'internal error; the log tells more' },
    ],
  ])('%s', async (_, reload, status, want) => {
    await using monitor = await startMonitor({ reload });
    const response = await fetch(`${monitor.url}/-/reload`, { method: 'POST', body: 'ignored' });
    expect([response.status, await response.json()]).toEqual([status, want]);
    expect(monitor.answered).toEqual([`/-/reload ${status}`]);
    // The monitor has logged why a configuration was not taken; a fault is logged here.
    const errors = monitor.logged.filter(line => line.startsWith('error'));
    expect(errors).toHaveLength('error' in want && want.error.startsWith('internal') ? 1 : 0);
  });
});

it('closing lets an answer under way end and refuses new ones', async () => {
  let finish = () => {};
  const reloading = new Promise<void>(resolve => {
    finish = resolve;
  });
  const asked = { reload: false };
  const monitor = await startMonitor({
    reload: () => {
      asked.reload = true;
      return reloading;
    },
  });
  const answer = fetch(`${monitor.url}/-/reload`, { method: 'POST' });
  await expect.poll(() => asked.reload).toBe(true);
  const closing = monitor[Symbol.asyncDispose]();
  await expect(fetch(`${monitor.url}/stats`)).rejects.toThrow();
  finish();
  expect((await answer).status).toBe(200);
  await closing;
});

it('an idle connection is kept longer than usual pauses between two requests', async () => {
  await using monitor = await startMonitor({});
  const { headers } = await fetch(`${monitor.url}/-/healthy`);
  const seconds = Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1]);
  // Prometheus scrapes every minute.
  expect(seconds).toBeGreaterThan(60);
});
