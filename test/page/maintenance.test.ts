// Planned maintenance on the page: a form of its own in bars and strips, and no part of any share of time up.

import { expect, test } from 'vitest';
import { PATIENCE, PageTest, shows } from './page-test.js';

const on = new PageTest();

async function maintain(): Promise<void> {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const silence = {
    matchers: [{ name: 'target', value: 'tools', isRegex: false }],
    // Longer than a week.
    ...{ startsAt: at(0), endsAt: at(24 * 20), createdBy: 'ann', comment: 'maintenance: new disks' },
  };
  const { status } = await on.monitor.get('/api/v2/silences', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(silence),
  });
  expect(status).toBe(200);
}

/** Samples of a failing service that is in maintenance. */
async function failed(): Promise<void> {
  const query = new URLSearchParams({
    query: 'count_over_time(langgraph_monitor_service_up_in_maintenance{target="tools"}[5m] ) > 3',
  });
  const count = async () => {
    const { data } = await on.monitor.json<{ data: { result: unknown[] } }>(`/api/v1/query?${query}`);
    return data.result.length;
  };
  await expect.poll(count, PATIENCE).toBe(1);
}

test('an outage in maintenance is blue blocks and not downtime', async () => {
  await on.checked();
  await on.sampled();
  await maintain();
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await failed();
  const page = await on.open('?bars=90h');
  await shows(page, '.legend').toMatch(/healthy\s+degraded\s+unhealthy\s+maintenance\s+not checked/);
  const card = page.locator('#service-tools');
  const newest = card.getByRole('slider');
  await expect.poll(() => newest.getAttribute('aria-valuetext'), PATIENCE).toMatch(/maintenance/);
  expect(await card.locator('.ticks path.planned').count()).toBe(1);
  await expect
    .poll(() => card.locator('.uptime').innerText(), PATIENCE)
    .toMatch(/24 h\s+100 %\s+7 d\s+100 %/);
  await page.goto(`${on.monitor.url}/ui/service/tools`);
  await page.waitForSelector('html[data-alive]');
  await shows(page, '[aria-labelledby=uptime]').toMatch(/24h\s+100 % never down, [\d.]+ % maintenance/);
  await shows(page, '[aria-label="State"].chart .pointed').toMatch(/^(Healthy, .*maintenance|Maintenance; )/);
  await shows(page, '[aria-label="State"].chart .legend').toMatch(/maintenance/);
  const badge = await (await on.monitor.get('/badge/tools/uptime-24h.svg')).text();
  expect(badge).toContain('uptime 24h 100 %');
  expect(on.trouble()).toEqual([]);
}, 180_000);
