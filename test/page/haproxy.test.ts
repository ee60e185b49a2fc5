// HAProxy's frontends, backends and servers from one answer.

import { describe, expect, test } from 'vitest';
import { isUp, proxiesOf } from '../../src/page/views/haproxy/proxies.js';
import { proxyStates, toneOfState } from '../../src/page/views/haproxy/states.js';

const sample = (name: string, labels: Record<string, string>, value: number) => ({
  metric: { __name__: `haproxy_${name}`, target: 'lb', ...labels },
  value: [0, String(value)] as const,
  values: [],
});

test('servers stand under their backend, what is not up first, without limits where there are none', () => {
  const { frontends, backends } = proxiesOf([
    sample('backend_status', { proxy: 'a', state: 'UP' }, 1),
    sample('backend_status', { proxy: 'a', state: 'DOWN' }, 0),
    sample('backend_current_queue', { proxy: 'a' }, 3),
    sample('backend_status', { proxy: 'b', state: 'DOWN' }, 1),
    sample('server_status', { proxy: 'a', server: 's10', state: 'UP' }, 1),
    sample('server_status', { proxy: 'a', server: 's2', state: 'UP' }, 1),
    sample('server_status', { proxy: 'a', server: 's3', state: 'MAINT' }, 1),
    sample('server_current_sessions', { proxy: 'a', server: 's2' }, 7),
    sample('server_limit_sessions', { proxy: 'a', server: 's2' }, 0),
    sample('frontend_status', { proxy: 'in', state: 'OPEN' }, 1),
    sample('frontend_limit_sessions', { proxy: 'in' }, 2000),
  ]);
  expect(backends.map(({ proxy, state }) => [proxy, state])).toEqual([
    ['b', 'DOWN'],
    ['a', 'UP'],
  ]);
  expect(backends[1]?.queue).toBe(3);
  expect(backends[1]?.servers.map(({ server }) => server)).toEqual(['s3', 's2', 's10']);
  expect(backends[1]?.servers[1]).toMatchObject({ sessions: 7, limit: undefined });
  expect(frontends).toMatchObject([{ proxy: 'in', limit: 2000 }]);
});

test.each([
  ['UP', true],
  ['OPEN', true],
  ['no check', true],
  ['DOWN', false],
  ['MAINT', false],
  ['', false],
])('%s counts as up: %s', (state, want) => expect(isUp({ state })).toBe(want));

describe('states of servers as strips', () => {
  const SPAN = { from: 90, to: 150, step: 10 };
  const series = (labels: Record<string, string>, ...values: [number, string][]) => ({
    metric: { target: 'lb', proxy: 'b', ...labels },
    value: [0, '0'] as const,
    values,
  });

  test('the worst state of a step counts, gaps stay, servers are ordered as people count', () => {
    const found = proxyStates(
      SPAN,
      [
        series({ server: 's10', state: 'UP' }, [100, '1']),
        series({ server: 's2', state: 'UP' }, [100, '1'], [110, '1'], [120, '1'], [150, '1']),
        series({ server: 's2', state: 'DOWN' }, [120, '1']),
        series({ server: 's2', state: 'MAINT' }, [130, '1']),
      ],
      [series({ server: 's2' }, [100, '3'], [110, '7'], [120, '1'])],
    );
    expect(found.map(({ server }) => server)).toEqual(['s2', 's10']);
    expect(found[0]?.stretches).toEqual([
      { from: 90, to: 110, tone: 'healthy', text: 'UP, at most 7 sessions' },
      { from: 110, to: 120, tone: 'unhealthy', text: 'DOWN, at most 1 session' },
      { from: 120, to: 130, tone: 'planned', text: 'MAINT' },
      { from: 140, to: 150, tone: 'healthy', text: 'UP' },
    ]);
    expect(found[1]?.stretches).toEqual([{ from: 90, to: 100, tone: 'healthy', text: 'UP' }]);
  });

  test.each([
    ['UP', 'healthy'],
    ['UP 1/3', 'healthy'],
    ['DOWN 1/2', 'unhealthy'],
    ['MAINT (via b/s)', 'planned'],
    ['DRAIN', 'degraded'],
    ['NOLB', 'degraded'],
    ['no check', 'healthy'],
    ['', 'unknown'],
  ])('%s is shown as %s', (state, tone) => expect(toneOfState(state)).toBe(tone));
});
