// The view of reports: a month's figures, a year of days, ways to take it away, and paper.

import { expect, test } from 'vitest';
import { PATIENCE, PageTest, shows } from './page-test.js';

const on = new PageTest();

test('a month with its outages, months before it, and a year of days', async () => {
  await on.checked();
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  // Reports are kept for a minute: the first one is asked for when the outage is longer than the 15 s between two looks.
  const down = encodeURIComponent(
    'count_over_time((langgraph_monitor_service_up{target="tools"} == 0)[1m:1s]) > 16',
  );
  const found = async () => {
    const { data } = await on.monitor.json<{ data: { result: unknown[] } }>(`/api/v1/query?query=${down}`);
    return data.result.length;
  };
  await expect.poll(found, { ...PATIENCE, timeout: 120_000 }).toBe(1);
  const page = await on.open('ui/reports');
  await shows(page, '.reports table >> nth=0').toMatch(/Tools Server\s+\d\d?\.\d+ %/);
  await shows(page, '.reports tbody tr >> nth=0').toMatch(/^Tools Server/);
  await shows(page, 'h2 >> nth=2').toMatch(/^Outages of \w+ \d{4}, newest first\s+[12]$/);
  // The year is asked for apart.
  await expect.poll(() => page.locator('.years svg.year').count(), PATIENCE).toBe(3);
  expect(await page.locator('.years svg.year >> nth=0').locator('rect').count()).toBe(365);
  await shows(page, '.years li >> nth=0').toMatch(/^Tools Server\s.*1 day, 1 of them below 99\.9 %/s);

  const now = await page.innerText('h1');
  await page.locator('.report-head a').first().click();
  await expect.poll(() => new URL(page.url()).search).toMatch(/^\?month=\d{4}-\d\d$/);
  await shows(page, '.reports > p >> nth=1').toBe('Nothing is known of this month.');
  const month = new URL(page.url()).searchParams.get('month');
  await page.locator('.report-head a').last().click();
  await shows(page, 'h1').toBe(now);
  const files = await page
    .locator('.take a[href*="format="]')
    .evaluateAll(all => all.map(each => each.getAttribute('href')));
  const answers = await Promise.all(files.map(path => on.monitor.get(`/${path?.replace(/^\.\.\//, '')}`)));
  expect(answers.map(({ status, headers }) => [status, headers.get('content-type')?.split(';')[0]])).toEqual([
    [200, 'text/html'],
    [200, 'text/markdown'],
    [200, 'text/csv'],
    [200, 'application/json'],
  ]);
  expect(month).not.toBeNull();
  expect(on.trouble()).toEqual([]);
}, 150_000);

test('on paper there is nothing to click', async () => {
  const page = await on.open('ui/reports');
  await shows(page, '.reports tbody tr >> nth=0').toMatch(/\S/);
  await page.emulateMedia({ media: 'print' });
  const shown = await page.locator('nav, .take, .report-head .links').filter({ visible: true }).count();
  expect(shown).toBe(0);
  expect(await page.locator('.reports table').first().isVisible()).toBe(true);
});
