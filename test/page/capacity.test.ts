// The view of capacity, without samples and over days of known samples: limits, weeks, trends, evidence, and print.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dateOf } from '../../src/analysis/calendar.js';
import { DAY, HOUR, openMetrics, SCRAPE } from '../analysis/history.js';
import { runToEnd } from '../support/monitor.js';
import { barriers, LOOKS, look, overflow, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const on = new PageTest(undefined, undefined, true);

const DAYS = 4;
/** A share of the disk: now, and what is added in a day. */
const [NOW, A_DAY] = [0.8, 0.0153];

/** Four days: tools is slow from two to four in the afternoon, as the load is high; the disk fills up. */
async function importHistory(): Promise<void> {
  const to = Math.floor(Date.now() / HOUR) * HOUR;
  const from = to - DAYS * DAY;
  const isPeak = (at: number) => [14, 15].includes(new Date(at).getHours());
  const services = [{ id: 'tools', time: (at: number) => (isPeak(at) ? 0.3 : 0.1) }];
  const loads = { disk: [] as string[], requests: [] as string[] };
  const labels = 'job="langgraph-monitor",instance="127.0.0.1:8083"';
  let requests = 0;
  for (let at = from; at <= to; at += 5 * SCRAPE) {
    requests += isPeak(at) ? 300 : 50;
    loads.requests.push(
      `haproxy_frontend_http_requests_total{${labels},target="haproxy",proxy="web"} ${requests} ${at / 1000}\n`,
    );
    const used = NOW - (A_DAY * (to - at)) / DAY;
    loads.disk.push(`host_filesystem_usage_ratio{${labels},mountpoint="/"} ${used} ${at / 1000}\n`);
  }
  const file = join(on.folder, 'history.om');
  const text = `# TYPE haproxy_frontend_http_requests counter\n${loads.requests.join('')}# TYPE host_filesystem_usage_ratio gauge\n${loads.disk.join('')}`;
  writeFileSync(file, `${text}${openMetrics({ from, to, services })}`);
  const { code, stderr } = await runToEnd(['import', `--storage.path=${join(on.folder, 'data')}`, file]);
  expect(code, stderr).toBe(0);
}

test('missing figures are listed, with the reason', async () => {
  await on.sampled();
  const page = await on.open('ui/capacity?days=7', PHONE);
  await shows(page, '.report-head .lead').toBe('There is too little data to look ahead.');
  await shows(page, '.missing li >> nth=0').toBe('Load nothing monitored tells it');
  await shows(page, '.missing').toMatch(/Memory of the monitoring node needs 3 d, there are 1 h/);
  expect(await page.locator('.projection').count()).toBe(0);
  await page.locator('button.choose', { hasText: 'Tools Server' }).click();
  await shows(page, '#of-service').toBe('Tools Server');
  expect(new URL(page.url()).searchParams.get('service')).toBe('tools');
  await shows(page, '.of-service').toMatch(/1 h|min of data|Nothing is known|60 min/);
  expect(await page.locator('table.heat').count()).toBe(0);
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(on.trouble()).toEqual([]);
});

test('limits, advice with its evidence, weeks and trends, in every look', async () => {
  await importHistory();
  const page = await on.open('ui/capacity?service=tools', { ...LOOKS[0][0], colorScheme: 'light' });
  await shows(page, '.of-service table.heat').toMatch(/0\.30/);
  const full = Date.now() + ((1 - NOW) / A_DAY) * DAY;
  const dates = [-2, -1, 0, 1].map(days => dateOf(full + days * DAY));
  const lead = await page.innerText('.report-head .lead');
  expect(lead).toMatch(/^The fullest file system of the monitoring node is expected to reach its limit on 2/);
  expect(dates).toContain(lead.match(/\d{4}-\d\d-\d\d/)?.[0]);
  await shows(page, '.advice li >> nth=0').toMatch(/full on 2\d{3}-/);
  await shows(page, '.projection >> nth=1').toMatch(
    /In 30 days\s+over the limit\s+Back-test\s+(less than )?\d+\.\d % off on average, had it been made 1 d ago/,
  );
  expect(await page.locator('.projection canvas').count()).toBeGreaterThanOrEqual(2);
  const week = await page.innerText('table.heat >> nth=0 >> css=caption');
  expect(week).toMatch(/^Busiest \w+day 1[45]:00–1[56]:00 \(3\.\dk\/h\)/);
  // On a phone the days are columns, and each cell shows its value.
  expect(await page.locator('.of-service thead th').allInnerTexts()).toEqual([
    'Mon',
    'Tue',
    'Wed',
    'Thu',
    'Fri',
    'Sat',
    'Sun',
  ]);
  await page.locator('.basis summary >> nth=0').click();
  await shows(page, '.basis dd code >> nth=0').toContain('host_filesystem_usage_ratio');
  const graph = await page.getByRole('link', { name: /^Graph of last hour/ }).getAttribute('href');
  expect(new URLSearchParams(graph?.split('?')[1]).get('g0.expr')).toContain('host_filesystem_usage_ratio');
  for (const each of LOOKS) {
    await look(page, each);
    await expect
      .poll(() => page.locator('.of-service thead th').count(), PATIENCE)
      .toBe(each === LOOKS[0] ? 7 : 24);
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(on.trouble()).toEqual([]);
});

test('a projection is read and zoomed into by keys, and there are ways to the reports and back', async () => {
  const page = await on.open('ui/capacity');
  const chart = page.getByRole('slider', { name: /^The fullest file system/ });
  await chart.focus();
  await chart.press('End');
  const values = () => expect.poll(() => chart.getAttribute('aria-valuetext'), PATIENCE);
  const date = (days: number) => dateOf(new Date().setHours(12) + days * DAY);
  await values().toContain(`${date(90)}: likely `);
  await chart.press('ArrowLeft');
  await values().toContain(`${date(89)}: likely `);
  await page.getByRole('link', { name: 'Uptime and outages' }).click();
  await shows(page, '.reports .years li >> nth=0').toMatch(/\S/);
  await page.locator('.take').getByRole('link', { name: 'Capacity' }).click();
  await shows(page, 'h1').toBe('Capacity');
  expect(on.trouble()).toEqual([]);
});

test('the printed page is light and has no controls', async () => {
  const page = await on.open('ui/capacity?service=tools', { ...LOOKS[1][0], colorScheme: 'dark' });
  await shows(page, '.of-service table.heat').toMatch(/0\.30/);
  await page.evaluate(`localStorage.setItem('langgraph-monitor.theme', 'dark')`);
  await page.reload();
  await shows(page, '.of-service table.heat').toMatch(/0\.30/);
  const color = () => page.evaluate('getComputedStyle(document.body).color') as Promise<string>;
  const dark = await color();
  await page.evaluate(`addEventListener('beforeprint', () => {
    window.printed = [getComputedStyle(document.body).color, document.documentElement.dataset.theme];
  })`);
  const pdf = await page.pdf({ format: 'A4' });
  const [printed, theme] = (await page.evaluate('window.printed')) as string[];
  expect([theme, printed]).toEqual(['light', expect.not.stringContaining(dark)]);
  expect(await color()).toBe(dark);
  // Compressed or not, a page is an object of its own.
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThanOrEqual(2);
  expect(pages).toBeLessThanOrEqual(5);
  await page.emulateMedia({ media: 'print' });
  const clickable = 'nav, .take, .as-table, .reports summary, .reports .fold';
  expect(await page.locator(clickable).filter({ visible: true }).count()).toBe(0);
});
