// HAProxy's frontends, backends and servers from one answer.

import { expect, test } from 'vitest';
import { isUp, proxiesOf } from '../../src/page/views/haproxy/proxies.js';

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
