// Planned maintenance on the page: a form of its own in bars and strips, and no part of any share of time up.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runToEnd } from '../support/monitor.js';
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
});

const HOUR = 3_600_000;

/** Twelve days of a service, nine of them in maintenance and down, up to an hour ago; as OpenMetrics text. */
function longMaintenance(target: string, now: number): string {
  const series: Record<string, string[]> = { up: [], maintenance: [], up_in_maintenance: [] };
  for (let back = 12 * 24; back > 1; back -= 0.25) {
    const isPlanned = back <= 10 * 24 && back > 24;
    const add = (name: string, value: number) =>
      series[name]?.push(
        `langgraph_monitor_service_${name}{job="langgraph-monitor",instance="old:1",target="${target}"} ${value} ${Math.floor((now - back * HOUR) / 1000)}`,
      );
    add('up', isPlanned ? 0 : 1);
    add('maintenance', isPlanned ? 1 : 0);
    if (isPlanned) add('up_in_maintenance', 0);
  }
  const families = Object.entries(series).map(([name, lines]) =>
    [`# TYPE langgraph_monitor_service_${name} gauge`, ...lines].join('\n'),
  );
  return `${families.join('\n')}\n# EOF\n`;
}

test('maintenance of more than a week in recorded history is no downtime in any span', async () => {
  await on.checked();
  const file = join(on.folder, 'history.om');
  writeFileSync(file, longMaintenance('llm', Date.now()));
  const imported = await runToEnd(['import', `--storage.path=${join(on.folder, 'data')}`, file]);
  expect([imported.code, imported.stderr]).toEqual([0, expect.any(String)]);
  const page = await on.open('ui/service/llm?range=30d');
  await shows(page, '[aria-labelledby=uptime]').toMatch(
    /7d\s+100 % never down, [89]\d\.\d+ % maintenance\s+30d\s+100 % never down, 7\d\.\d+ % maintenance/,
  );
  const state = page.locator('[aria-label="State"].chart');
  await expect.poll(() => state.locator('.strip-field rect.frame').count(), PATIENCE).toBeGreaterThan(0);
  expect(await state.locator('svg.strip-field rect.unhealthy, svg.strip-field .unhealthy rect').count()).toBe(
    0,
  );
  await page.goto(`${on.monitor.url}/?bars=90d`);
  await page.waitForSelector('html[data-alive]');
  const card = page.locator('#service-llm');
  await expect
    .poll(() => card.locator('.uptime').innerText(), PATIENCE)
    .toMatch(/7 d\s+100 %\s+30 d\s+100 %/);
  await expect.poll(() => card.locator('.ticks path.planned').count(), PATIENCE).toBeGreaterThan(0);
  const badge = await (await on.monitor.get('/badge/llm/uptime-30d.svg')).text();
  expect(badge).toContain('uptime 30d 100 %');
  expect(on.trouble()).toEqual([]);
});
