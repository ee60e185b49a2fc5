import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/load.js';
import { HttpError } from '../../src/http/http-error.js';
import { startMonitor } from './monitor.js';

describe('POST /-/reload', () => {
  test.each([
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
    [
      'a failure with words of its own',
      async () => {
        throw new HttpError(500, 'it is read but not on disk');
      },
      500,
      { error: 'it is read but not on disk' },
    ],
  ])('%s', async (_, reload, status, want) => {
    await using monitor = await startMonitor({ reload });
    const response = await fetch(`${monitor.url}/-/reload`, { method: 'POST', body: 'ignored' });
    expect([response.status, await response.json()]).toEqual([status, want]);
    expect(monitor.answered).toEqual([`/-/reload ${status}`]);
    // The monitor has logged why a configuration was not taken; any other failure is logged here.
    const isFailure = status === 500 && !('error' in want && want.error.startsWith('failed to reload'));
    const errors = monitor.logged.filter(line => line.startsWith('error Request failed'));
    expect(errors).toHaveLength(isFailure ? 1 : 0);
  });
});

test('close finishes the current answers and refuses new requests', async () => {
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

test('an idle connection is kept longer than usual pauses between two requests', async () => {
  await using monitor = await startMonitor({});
  const { headers } = await fetch(`${monitor.url}/-/healthy`);
  const seconds = Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1]);
  // Prometheus scrapes every minute.
  expect(seconds).toBeGreaterThan(60);
});
