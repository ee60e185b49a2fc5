// The view of a service in Debian's Chromium: the real program, with servers of the test's own to watch.

import { expect, test } from 'vitest';
import { OK } from '../../src/demo/fault.js';
import { DESKTOP, LONG, PATIENCE, PageTest, shows } from './page-test.js';

const EVIL = `<img src=x onerror="alert(1)">"]});`;

const on = new PageTest(
  test => ({
    services: {
      llm: test.service('llm', { name: LONG, critical: true }),
      tools: test.service('tools', { name: 'Tools Server', critical: true }),
      search: test.service('tools', { name: EVIL, critical: false, depends_on: ['tools'] }),
    },
  }),
  undefined,
  true,
);

/** Waits until there are samples to chart. */
async function measured() {
  const query = new URLSearchParams({
    query: 'count_over_time(probe_duration_seconds{target="tools"}[1m]) > 5',
  });
  const found = async () => {
    const answer = (await (await on.monitor.get(`/api/v1/query?${query}`)).json()) as {
      data: { result: unknown[] };
    };
    return answer.data.result.length;
  };
  await expect.poll(found, PATIENCE).toBe(1);
}

const DRAWN = { timeout: 60_000 };
const chart = '.chart[aria-label="Response time"] [role=slider]';

test('shows how a service is and was, from a link on its card', async () => {
  await measured();
  const page = await on.open();
  await page.getByRole('link', { name: 'Tools Server', exact: true }).click();
  await shows(page, '.service-head h1').toBe('Tools Server');
  expect(new URL(page.url()).pathname).toBe('/ui/service/tools');
  await expect.poll(() => page.title(), PATIENCE).toBe('Healthy · Tools Server · langgraph-monitor');
  await expect
    .poll(() => page.getAttribute(chart, 'aria-label'), PATIENCE)
    .toMatch(/^Response time\. .*median: latest 0\.\d+ s, lowest 0\.\d+ s, highest 0\.\d+ s$/);
  await shows(page, '[aria-label="State"].chart .pointed').toBe('Healthy latest');
  await shows(page, '[aria-labelledby=uptime]').toMatch(/24h\s+100 % never down\s+7d\s+100 % never down/);
  await shows(page, '[aria-labelledby=dependencies]').toMatch(/Needed by\s+.*img src/s);
  await page.locator('.answers summary').first().click();
  await shows(page, '.answers [open] .body').toContain('llama3.2:3b');
  await shows(page, '[aria-labelledby=configuration]').toContain('secrets hidden');
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await shows(page, '.service-head').toMatch(/Unhealthy · HTTP 503/);
  await shows(page, '.alerts .row').toMatch(/critical\s+Tools Server is unhealthy - HTTP 503/);
  await shows(page, '.incident').toMatch(/Tools Server is unhealthy/);
  await on.servers.tools.setFault(OK);
  await page.getByRole('button', { name: 'Check now' }).click();
  await shows(page, '.service-head').toMatch(/Healthy · llama3/);
  expect(on.trouble()).toEqual([]);
}, 180_000);

test('keeps range and zoom in the address, by pointer and by keys', async () => {
  await measured();
  const page = await on.open('ui/service/tools?range=6h');
  const query = () => new URL(page.url()).search;
  const pressed = () => page.locator('.range [aria-pressed=true]').allInnerTexts();
  await page.waitForSelector(`${chart} canvas`, DRAWN);
  expect(await pressed()).toEqual(['6h']);
  await page.getByRole('button', { name: '1h', exact: true }).click();
  await expect.poll(query).toBe('');
  await page.waitForSelector(`${chart} canvas`, DRAWN);
  const box = await page.locator(chart).boundingBox();
  if (!box) throw new Error('no chart is drawn');
  await page.mouse.move(box.x + box.width / 2, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 13, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect.poll(query).toMatch(/^\?from=\d{10}&to=\d{10}$/);
  const [from, to] = ['from', 'to'].map(name => Number(new URL(page.url()).searchParams.get(name)));
  expect((to ?? 0) - (from ?? 0)).toBeGreaterThan(1200);
  expect((to ?? 0) - (from ?? 0)).toBeLessThan(2000);
  expect(await pressed()).toEqual([]);
  await page.reload();
  await page.waitForSelector(`${chart} canvas`, DRAWN);
  await page.mouse.dblclick(box.x + box.width / 2, box.y + 50);
  await expect.poll(query).toBe('');
  await page.waitForSelector(`${chart} canvas`, DRAWN);
  await page.mouse.move(0, 0);
  const now = () => page.getAttribute(chart, 'aria-valuenow').then(Number);
  await page.focus(chart);
  const last = await now();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(now).toBe(last - 1);
  // The cursor is that of all charts.
  await expect.poll(() => page.locator('.strip-cursor').count()).toBeGreaterThan(0);
  await page.keyboard.press('+');
  await expect.poll(query).toMatch(/^\?from=/);
  await page.goBack();
  await expect.poll(query).toBe('');
  expect(on.trouble()).toEqual([]);
}, 180_000);

test('has each chart as a table, and follows a change of the theme', async () => {
  await measured();
  const page = await on.open('ui/service/tools', { ...DESKTOP, colorScheme: 'light' });
  await page.waitForSelector(`${chart} canvas`, DRAWN);
  await page.locator('summary[aria-label="Response time as a table"]').click();
  await shows(page, '[aria-label="Values of Response time"] tbody tr').toMatch(/\d\d:\d\d\s+0\.\d+ s/);
  const pixels = () => page.evaluate(`document.querySelector('.uplot canvas').toDataURL()`);
  const light = await pixels();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(pixels, PATIENCE).not.toBe(light);
  expect(on.trouble()).toEqual([]);
}, 120_000);

test('a service that is not configured is 404, and the page says what to do', async () => {
  const answers = await Promise.all(
    ['tools', 'none', '%3Cscript%3E', 'toString'].map(id => on.monitor.get(`/ui/service/${id}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 404]);
  const page = await on.open('ui/service/none');
  expect(await page.innerText('h1')).toBe('No service none');
  await page.getByRole('link', { name: 'the overview' }).click();
  await shows(page, 'h1').toMatch(/Healthy All 3 services are healthy|Unknown/);
}, 120_000);
