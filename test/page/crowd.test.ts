// A thousand services of which two hundred fail, in Debian's Chromium: every view shows them, by pages.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PATIENCE, PageTest, shows } from './page-test.js';

const MANY = 1000;
const FAILING = 200;
/** Alerts of services; there are some more, of the cluster and of the monitor. */
const FIRING = { timeout: 120_000, interval: 500 };
// Buttons are pressed with the keyboard: while alerts begin and end, rows come above them, and a pointer's press would be begun on
// a button and ended beside it.

/** A view draws a page of what there is: far below what a thousand cards, rows or options would be. */
const MOST_ELEMENTS = 6000;

const on = new PageTest(
  test => ({
    scan: { intervals: { critical: '60s', other: '60s' } },
    query: { scrape_interval: '5s' },
    services: Object.fromEntries(
      Array.from({ length: MANY }, (_, i) => {
        const server = i % (MANY / FAILING) === 0 ? 'tools' : 'llm';
        return [
          `s${i}`,
          test.service(server, { name: `Service ${i}`, critical: i % 2 === 0, timeout: '20s' }),
        ];
      }),
    ),
  }),
  undefined,
  true,
);

const firing = async () => (await on.monitor.json<{ count: number }>('/alerts')).count;

/** The alerts of all that fail fire; once is enough for the file. */
async function fire(): Promise<void> {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await expect.poll(firing, FIRING).toBeGreaterThanOrEqual(FAILING);
}

async function isSmall(page: Page): Promise<void> {
  expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(MOST_ELEMENTS);
  expect(on.trouble()).toEqual([]);
}

test('the overview has all services: by pages, in order, and found by the filter', async () => {
  await fire();
  const page = await on.open();
  await shows(page, 'h1').toMatch(/^Degraded Service 0 is unhealthy .* and 199 other services not healthy/);
  await shows(page, '.chips').toMatch(/unhealthy\s+200/);
  const group = page.locator('.services section >> nth=0');
  const cards = group.locator('.card h3');
  // Drawn piece by piece, and yet a page of them, in the order people count in.
  await expect.poll(() => cards.count(), PATIENCE).toBe(60);
  expect((await cards.allTextContents()).slice(0, 4)).toEqual([0, 10, 20, 30].map(i => `Service ${i}`));
  await group.getByRole('button', { name: 'Show 40 of 40 more' }).press('Enter');
  await expect.poll(() => cards.count(), PATIENCE).toBe(100);
  await expect
    .poll(() => page.evaluate('document.activeElement.innerText'))
    .toBe('All 100 services are shown.');
  // Alerts of the cluster and of the monitor begin and end meanwhile.
  const says = async () => (await page.innerText('.alerts')).match(/(\d+) more alerts/)?.[1];
  await expect.poll(async () => (await firing()) - Number(await says()), PATIENCE).toBe(50);
  await isSmall(page);
  await page.getByRole('searchbox').fill('service 995');
  await expect
    .poll(() => page.locator('.services .card h3').allInnerTexts(), PATIENCE)
    .toEqual(['Service 995']);
}, 240_000);

test('the view of alerts has them all: by pages, in groups, and found by the filter', async () => {
  await fire();
  const page = await on.open('ui/alerts');
  const rows = page.locator('.alert');
  await expect
    .poll(() => page.innerText('main h2 .quiet').then(Number), PATIENCE)
    .toBeGreaterThanOrEqual(FAILING);
  // Sixty of each group: besides the services there may be a few of the monitor, which is busy.
  await expect.poll(() => rows.count(), PATIENCE).toBeGreaterThanOrEqual(60);
  expect(await rows.count()).toBeLessThan(70);
  await page.getByRole('button', { name: /^Show 60 of \d+ more$/ }).press('Enter');
  await expect.poll(() => rows.count(), PATIENCE).toBeGreaterThanOrEqual(120);
  await page.getByRole('combobox', { name: /^Groups/ }).selectOption('service');
  await expect.poll(() => page.locator('.alert-group').count(), PATIENCE).toBeGreaterThan(100);
  expect(await rows.count()).toBeLessThan(140);
  await isSmall(page);
  await page.getByRole('searchbox').fill('target="s995"');
  await expect.poll(() => rows.locator('.what').allInnerTexts(), PATIENCE).toMatchObject([/Service 995/]);
  await page.getByRole('button', { name: /^More about/ }).press('Enter');
  await shows(page, '.about').toMatch(/target="s995".*Next/s);
}, 240_000);

test('an alert that an address names is shown, however far down it is', async () => {
  await fire();
  const page = await on.open('ui/alerts?group=none');
  const more = page.getByRole('button', { name: /^Show 60 of \d+ more$/ });
  await more.press('Enter');
  await more.press('Enter');
  await page
    .locator('.alert >> nth=170')
    .getByRole('button', { name: /^More about/ })
    .press('Enter');
  await shows(page, '.about').toMatch(/target="s\d+"/);
  await page.reload();
  await shows(page, '.about').toMatch(/target="s\d+"/);
  await isSmall(page);
}, 240_000);

test('incidents come by pages, and are filtered by any of the services', async () => {
  await fire();
  const page = await on.open('ui/incidents');
  const rows = page.locator('.incident');
  await expect.poll(() => rows.count(), PATIENCE).toBe(100);
  await page.getByRole('button', { name: /^Show 100 of \d+ more$/ }).press('Enter');
  await expect.poll(() => rows.count(), PATIENCE).toBe(200);
  const services = page.getByRole('combobox', { name: /^Service/ });
  expect((await services.locator('option').allInnerTexts()).slice(0, 4)).toEqual([
    'All services',
    'Service 0',
    'Service 1',
    'Service 2',
  ]);
  expect(await services.locator('option').count()).toBe(MANY + 1);
  await isSmall(page);
  await services.selectOption('s995');
  await shows(page, '.incident .what').toMatch(/Service 995/);
}, 240_000);

test('silences come by pages, the one that is named among them, and say how much they cover', async () => {
  await fire();
  const endsAt = new Date(Date.now() + 86_400_000).toISOString();
  let id = '';
  for (let i = 0; i < 70; i++) {
    const answer = await on.monitor.get('/api/v2/silences', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'row', value: `${i}`, isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.parse(endsAt) + i * 1000).toISOString(),
        createdBy: 'ann',
        comment: `number ${i}`,
      }),
    });
    id = ((await answer.json()) as { silenceID: string }).silenceID;
  }
  const matcher = encodeURIComponent('alertname="ServiceDown"');
  const page = await on.open(`ui/silences?new=1&matcher=${matcher}`);
  await shows(page, '.preview').toMatch(
    /Covers 200 alerts .*and 192 more.*Of all 1000 services, alerts with alertname=.*ServiceDown.* only/s,
  );
  await expect.poll(() => page.locator('.silence').count(), PATIENCE).toBe(60);
  await page.goto(`${on.monitor.url}/ui/silences?id=${id}`);
  await shows(page, '.silence.chosen').toMatch(/number 69/);
  await isSmall(page);
}, 240_000);

test.each([
  ['ui/service/s0', '.service-view .uplot'],
  ['ui/haproxy', '.empty'],
  ['ui/node', '.uplot'],
  ['ui/explore?g0.expr=langgraph_monitor_service_up&g0.tab=1', '.result tr'],
  ['ui/explore?g0.expr=langgraph_monitor_service_up&g0.tab=0', '.graph-legend li'],
])(
  '%s is as it is with three services',
  async (path, ready) => {
    await fire();
    await on.sampled();
    const page = await on.open(path);
    await page.waitForSelector(ready, { timeout: 60_000 });
    await isSmall(page);
  },
  240_000,
);
