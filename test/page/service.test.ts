// The view of a service in Debian's Chromium: the real program, with servers of the test's own to watch.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { OK } from '../../src/demo/fault.js';
import { DESKTOP, LONG, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

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
/** Fingers on a chart's field, as the browser gets them; positions are parts of its width. */
async function fingers(page: Page, selector: string) {
  await page.waitForSelector(`${selector} canvas`, DRAWN);
  await page.locator(selector).scrollIntoViewIfNeeded();
  const client = await page.context().newCDPSession(page);
  const send = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: number[]) => {
    const box = await page.locator(`${selector} .u-over`).boundingBox();
    if (!box) throw new Error('no chart is drawn');
    const touchPoints = places.map((part, id) => ({ id, x: box.x + box.width * part, y: box.y + 40 }));
    await client.send('Input.dispatchTouchEvent', { type, touchPoints });
  };
  return {
    async drag(ways: readonly (readonly [from: number, to: number])[]) {
      for (let step = 0; step <= 5; step++) {
        const places = ways.map(([from, to]) => from + ((to - from) * step) / 5);
        await send(step === 0 ? 'touchStart' : 'touchMove', ...places);
      }
      await send('touchEnd');
    },
    async tap(place: number) {
      await send('touchStart', place);
      await send('touchEnd');
    },
  };
}

const graph = '.chart[aria-label="Graph"] [role=slider]';
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
});

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
});

test('keeps range and zoom in the address by fingers, and by keys alone, also in the explorer', async () => {
  await measured();
  const page = await on.open('ui/service/tools', { ...PHONE, hasTouch: true, isMobile: true });
  const query = () => new URL(page.url()).search;
  const width = () => Number(given('to')) - Number(given('from'));
  const given = (name: string) => new URL(page.url()).searchParams.get(name);
  const touch = await fingers(page, chart);
  const back = async () => {
    await expect.poll(query).toBe('');
    await page.waitForSelector(`${chart} canvas`, DRAWN);
  };
  const half = async () => {
    await touch.drag([[0.5, 1.1]]);
    await expect.poll(query).toMatch(/^\?from=\d{10}&to=\d{10}$/);
    expect(width()).toBeGreaterThan(1500);
    expect(width()).toBeLessThan(2100);
    await page.waitForSelector(`${chart} canvas`, DRAWN);
  };
  await half();
  await touch.tap(0.5);
  await touch.tap(0.5);
  await back();
  await half();
  const from = () => Number(given('from'));
  const zoomed = [width(), from()] as const;
  // Two fingers that go the same way move it; a chart begins and ends with whole steps.
  await touch.drag([
    [0.3, 0.5],
    [0.5, 0.7],
  ]);
  await expect.poll(from).toBeLessThan(zoomed[1] - 300);
  expect(Math.abs(width() / zoomed[0] - 1)).toBeLessThan(0.05);
  await page.getByRole('button', { name: 'Back to 1h' }).click();
  await back();
  await half();
  // Two fingers that part show the time between them over more of the width.
  await touch.drag([
    [0.6, 0.3],
    [0.8, 0.9],
  ]);
  await expect.poll(width).toBeLessThan(zoomed[0] / 2);
  expect(from()).toBeGreaterThan(zoomed[1] + zoomed[0] / 4);
  await page.getByRole('button', { name: 'Back to 1h' }).click();
  await back();
  await page.focus(chart);
  const hasFocus = () => page.evaluate(`document.activeElement === document.querySelector('${chart}')`);
  await page.keyboard.press('+');
  await expect.poll(width).toBe(900);
  await page.waitForSelector(`${chart} canvas`, DRAWN);
  await expect.poll(hasFocus).toBe(true);
  const before = from();
  // Where nothing was measured there is no chart, and the keys still lead back.
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(from).toBeLessThanOrEqual(before - 225);
  await shows(page, '.chart[aria-label="Response time"]').toMatch(/Nothing was measured|median/);
  await page.keyboard.press('-');
  await back();
  await expect.poll(hasFocus).toBe(true);
  await page.keyboard.press('+');
  await expect.poll(query).toMatch(/from=/);
  await page.keyboard.press('0');
  await back();
  await page.goto(
    `${on.monitor.url}/ui/explore?g0.expr=langgraph_monitor_service_up&g0.tab=0&g0.range_input=1h`,
  );
  await (await fingers(page, graph)).drag([[0.5, 1.1]]);
  await expect.poll(() => given('g0.range_input')).toMatch(/^\d+m\d+s$|^\d+m$/);
  await expect.poll(() => given('g0.end_input')).not.toBeNull();
  await page.focus(graph);
  await page.keyboard.press('0');
  await expect.poll(() => given('g0.end_input')).toBeNull();
  expect(on.trouble()).toEqual([]);
});

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
});

test('a service that is not configured is 404, and the page says what to do', async () => {
  const answers = await Promise.all(
    ['tools', 'none', '%3Cscript%3E', 'toString'].map(id => on.monitor.get(`/ui/service/${id}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 404]);
  const page = await on.open('ui/service/none');
  expect(await page.innerText('h1')).toBe('No service none');
  await page.getByRole('link', { name: 'the overview' }).click();
  await shows(page, 'h1').toMatch(/Healthy All 3 services are healthy|Unknown/);
});
