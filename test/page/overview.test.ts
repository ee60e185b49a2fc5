// The overview in Debian's Chromium: the real program, with servers of the test's own to watch.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { type OpenPage, openPage, startBrowser } from './browser.js';

const PATIENCE = { timeout: 25_000, interval: 50 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { viewport: { width: 375, height: 812 } };
const DESKTOP = { viewport: { width: 1440, height: 900 } };
const LONG = 'Rechtsschutzversicherungsgesellschaftenverzeichnisdienst für Anschlussfragen';

let browser: Browser;
let folder: string;
let flags: string[];
let servers: Record<'llm' | 'tools', SimulatedServer>;
let monitor: RunningMonitor;
let opened: OpenPage[];

beforeAll(async () => {
  browser = await startBrowser();
}, 60_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  opened = [];
  folder = makeFolder('overview');
  flags = [`--web.listen-address=127.0.0.1:${await freePort()}`];
  const serve = () => startServer({ answer: () => json({ status: 'healthy', models: ['llama3.2:3b'] }) });
  servers = { llm: await serve(), tools: await serve() };
  monitor = await start();
}, 60_000);
afterEach(async () => {
  await Promise.all(opened.map(({ page }) => page.context().close()));
  await monitor[Symbol.asyncDispose]();
  await Promise.all(Object.values(servers).map(server => server.close()));
  removeFolder(folder);
});

function start(): Promise<RunningMonitor> {
  const service = (id: 'llm' | 'tools', over: object) => ({
    url: `${servers[id].url}/health`,
    timeout: '1s',
    confirm: { failures: 1, successes: 1, every: '100ms' },
    ...over,
  });
  return startMonitor(
    {
      node: 'wall',
      scan: { intervals: { critical: '500ms', other: '500ms' } },
      query: { scrape_interval: '1s' },
      services: {
        llm: service('llm', { name: LONG, critical: true }),
        tools: service('tools', { name: 'Tools Server', critical: true }),
        search: service('tools', { name: 'Search', critical: false, depends_on: ['tools'] }),
      },
    },
    { folder, flags },
  );
}

async function open(query = '', options: BrowserContextOptions = DESKTOP): Promise<Page> {
  const made = await openPage(browser, `${monitor.url}/${query}`, options);
  opened.push(made);
  if (options.javaScriptEnabled !== false) await made.page.waitForSelector('html[data-alive]');
  return made.page;
}

const shows = (page: Page, selector: string) => expect.poll(() => page.innerText(selector), PATIENCE);
const trouble = () => opened.flatMap(each => each.trouble);
const checked = () =>
  expect
    .poll(async () => (await monitor.get('/health')).json(), PATIENCE)
    .toMatchObject({ services_monitored: 3 });

test('shows how it is, notices what changes, and says what is wrong', async () => {
  const page = await open();
  await shows(page, 'h1').toBe('Healthy All 3 services are healthy.');
  await expect.poll(() => page.title(), PATIENCE).toBe('Healthy · langgraph-monitor');
  await servers.tools.setFault({ kind: 'status', code: 503 });
  await shows(page, 'h1').toMatch(/^Unhealthy Tools Server is unhealthy \(HTTP 503\)/);
  await shows(page, '.alerts .row').toMatch(/critical\s+Tools Server is unhealthy - HTTP 503/);
  await expect
    .poll(() => page.getAttribute('.alerts .row a:last-child', 'href'))
    .toMatch(/\/runbook#servicedown$/);
  await shows(page, '.muted-list summary').toMatch(/1 alert not sent/);
  expect(await page.title()).toBe('Unhealthy · langgraph-monitor');
  expect(await page.getAttribute('link[rel=icon]', 'href')).toContain('d55e00');
  await page.mouse.move(0, 0);
  expect(await page.innerText('.card h3')).toBe('Tools Server');
  await shows(page, '.incident').toMatch(/Tools Server.*ongoing/s);
  await servers.tools.setFault(OK);
  await shows(page, 'h1').toBe('Healthy All 3 services are healthy.');
  await expect.poll(() => page.locator('.alerts').count(), PATIENCE).toBe(0);
  await shows(page, '.incident').toMatch(/ended/);
  expect(trouble()).toEqual([]);
}, 90_000);

test('has ticks that explain themselves, response times and uptimes', async () => {
  const page = await open('?q=tools');
  const slider = page.getByRole('slider', { name: 'Last 90 minutes of Tools Server' });
  await expect
    .poll(() => slider.getAttribute('aria-valuetext'), PATIENCE)
    .toMatch(/: healthy, 100 % up, slowest answer 0\.\d+ s$/);
  await slider.focus();
  await shows(page, '.panel').toMatch(/^Healthy until \d\d:\d\d/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await shows(page, '.panel').toMatch(/^Not checked/);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.panel').count()).toBe(0);
  await slider.hover({ position: { x: 2, y: 10 } });
  await shows(page, '.panel').toMatch(/^Not checked/);
  await shows(page, '.card .uptime').toMatch(/24 h\s+100 %\s+7 d\s+100 %/);
  expect(await page.innerText('.card .response')).toMatch(/^0\.\d+ s$/);
  expect(trouble()).toEqual([]);
}, 60_000);

test('keeps filter, order and span in the address, over reload and back', async () => {
  const page = await open();
  const names = () => page.locator('.card h3[title]').allInnerTexts();
  await page.getByRole('button', { name: '90 h' }).click();
  await page.getByRole('searchbox').fill('se');
  await expect.poll(() => new URL(page.url()).search).toBe('?q=se&bars=90h');
  await expect.poll(names).toEqual([LONG, 'Tools Server', 'Search'].filter(name => /se/i.test(name)));
  await page.getByRole('combobox').selectOption('name');
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  expect([new URL(page.url()).search, await page.getByRole('searchbox').inputValue()]).toEqual([
    '?q=se&sort=name&bars=90h',
    'se',
  ]);
  expect(await page.getByRole('button', { name: '90 h' }).getAttribute('aria-pressed')).toBe('true');
  await page.goBack();
  await expect.poll(() => page.getByRole('combobox').inputValue(), PATIENCE).toBe('worst');
  await page.goBack();
  await expect.poll(() => page.getByRole('searchbox').inputValue(), PATIENCE).toBe('');
  await page.getByRole('searchbox').fill('nothing like that');
  await shows(page, '.empty').toBe('None of the 3 services fits the filter.');
  expect(trouble()).toEqual([]);
}, 60_000);

test('says that the monitor is away, how old it is, and goes on when it is back', async () => {
  const page = await open();
  await shows(page, 'h1').toMatch(/^Healthy/);
  await monitor.kill();
  await shows(page, '.away').toMatch(/The monitor does not answer\. This is the state of \d+ s ago/);
  expect(await page.title()).toBe('No answer · langgraph-monitor');
  expect(await page.locator('.page.stale').count()).toBe(1);
  await servers.llm.setFault({ kind: 'status', code: 500 });
  monitor = await start();
  await expect.poll(() => page.locator('.away').count(), PATIENCE).toBe(0);
  await shows(page, 'h1').toMatch(/^Unhealthy Rechtsschutz/);
}, 90_000);

test('is one table each of alerts and services without JavaScript, and reloads itself', async () => {
  await servers.tools.setFault({ kind: 'status', code: 503 });
  await expect.poll(async () => (await monitor.get('/alerts')).json(), PATIENCE).toMatchObject({ count: 1 });
  const page = await open('', { ...PHONE, javaScriptEnabled: false });
  expect(await page.innerText('h1')).toMatch(/^Unhealthy Tools Server is unhealthy/);
  expect(await page.locator('.plain table').count()).toBe(2);
  expect(await page.innerText('.plain table >> nth=0')).toMatch(/critical\s+Tools Server/);
  expect(await page.innerText('.plain table >> nth=1')).toMatch(/unhealthy\s+Tools Server/);
  expect(await page.getByRole('button').count()).toBe(0);
  expect(await page.content()).toContain('<meta http-equiv="refresh" content="15">');
}, 60_000);

test('comes alive without a change to what the server drew', async () => {
  await checked();
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  opened.push({ page, trouble: [] });
  // What is drawn by the server must be neither removed nor made again when the script takes over.
  await page.addInitScript(`
    globalThis.removed = 0;
    new MutationObserver(changes => {
      if (document.documentElement.dataset.alive !== undefined) return;
      for (const { target, removedNodes } of changes) if (target.nodeType === 1) removed += removedNodes.length;
    }).observe(document, { childList: true, subtree: true });
  `);
  await page.goto(monitor.url);
  await page.waitForSelector('html[data-alive]');
  expect(await page.evaluate('removed')).toBe(0);
}, 60_000);

test('fits a phone and a desktop and has no barriers, light and dark', async () => {
  await servers.tools.setFault({ kind: 'status', code: 503 });
  for (const screen of [PHONE, DESKTOP])
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('', { ...screen, colorScheme });
      await shows(page, 'h1').toMatch(/^Unhealthy/);
      await shows(page, '.incident').toMatch(/ongoing/);
      await page.click('.muted-list summary');
      await page.evaluate(AXE);
      const violations = await page.evaluate(`axe.run().then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`);
      expect([screen, colorScheme, violations]).toEqual([screen, colorScheme, []]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
  expect(trouble()).toEqual([]);
}, 120_000);

test('is worked by the keyboard alone, and remembers the theme', async () => {
  const page = await open();
  const current = () =>
    page.evaluate('document.activeElement.innerText.trim() || document.activeElement.ariaLabel');
  for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
  expect(await current()).toBe('system');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  expect(await current()).toBe('dark');
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(13, 17, 23)');
  await page.keyboard.press('Tab');
  for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
  expect(await current()).toBe('Filter services by name, model or reason');
  await page.keyboard.type('search');
  await expect.poll(() => page.locator('.services .card').count()).toBe(1);
  expect(trouble()).toEqual([]);
}, 60_000);
