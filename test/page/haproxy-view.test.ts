// The view of HAProxy in Debian's Chromium, with a real HAProxy: a backend of three servers, one down, one in maintenance.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort } from '../support/child.js';
import { type HaproxyServer, startHaproxy } from '../support/haproxy.js';
import { barriers, overflow, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

let server: SimulatedServer;
let haproxy: HaproxyServer;

beforeAll(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
  const [port, nothing] = [new URL(server.url).port, await freePort()];
  haproxy = await startHaproxy(
    1,
    stats => `frontend in
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /stats
  default_backend pool
backend pool
  option httpchk GET /
  server one 127.0.0.1:${port} check inter 200ms
  server two 127.0.0.1:${nothing} check inter 200ms fall 1
  server three 127.0.0.1:${port} check disabled`,
  );
});

afterAll(async () => {
  await haproxy?.close();
  await server?.close();
});

const on = new PageTest(test => ({
  services: {
    tools: test.service('tools', { name: 'Tools Server' }),
    lb: {
      ...{ name: 'Balancer', kind: 'haproxy', timeout: '2s' },
      stats_url: `http://127.0.0.1:${haproxy.ports[0]}/stats`,
    },
  },
}));

test('shows each server, its state now and as a strip, with its sessions', async () => {
  await on.checked();
  const page = await on.open('ui/haproxy', PHONE);
  const servers = page.locator('.backend-card', { hasText: 'pool' }).locator('.servers li');
  const states = async () =>
    (await servers.allInnerTexts()).map(text =>
      /(one|two|three)\s+(UP|DOWN|MAINT)/.exec(text)?.slice(1).join(' '),
    );
  await expect.poll(states, PATIENCE).toEqual(['three MAINT', 'two DOWN', 'one UP']);
  const strips = page.locator('.strip-rows li');
  const rows = async () => (await strips.allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
  await expect
    .poll(rows, PATIENCE)
    .toEqual([
      'pool / one UP, at most 0 sessions',
      'pool / three MAINT, at most 0 sessions',
      'pool / two DOWN, at most 0 sessions',
    ]);
  // A form of its own each: full height, low, an empty frame.
  const forms = await strips
    .locator('rect')
    .evaluateAll(all => all.map(each => [each.getAttribute('class'), each.getAttribute('height')].join(' ')));
  expect([...new Set(forms)].sort()).toEqual(['healthy 9', 'planned frame 12', 'unhealthy 16']);
  await shows(page, '.strip-legend').toMatch(/up\s+drain, no new sessions\s+down\s+maint/);
  expect(await strips.locator('svg').first().getAttribute('aria-label')).toMatch(
    /^pool \/ one: UP, .* from /,
  );
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await barriers(page)).toEqual([]);
  expect(on.trouble()).toEqual([]);
});
