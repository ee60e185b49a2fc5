// The overview in Debian's Chromium: the real program, with servers of the test's own to watch.

import { expect, test } from 'vitest';
import { OK } from '../../src/demo/fault.js';
import { LONG, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const on = new PageTest();

// Before anything failed or was watched for minutes.
test('has ticks that explain themselves, response times and uptimes', async () => {
  await on.sampled();
  // The tick of this minute has figures once a check was sampled in it, and is asked for again a minute later: the page is
  // opened when they are there and the minute lasts a while. On a busy machine there is a sample before the first check: that
  // minute's tick is of an unknown service.
  const known =
    'max_over_time(probe_duration_seconds{target="tools"}[1m]) unless on (target) ' +
    'max_over_time(langgraph_monitor_service_status{target="tools",status="unknown"}[1m]) == 1';
  const found = async () => {
    const now = Date.now();
    const time = `${Math.ceil(now / 60_000) * 60}`;
    const answer = await on.monitor.get(`/api/v1/query?${new URLSearchParams({ query: known, time })}`);
    const { data } = (await answer.json()) as { data: { result: unknown[] } };
    return data.result.length > 0 && now % 60_000 < 50_000;
  };
  await expect.poll(found, { timeout: 90_000, interval: 200 }).toBe(true);
  const page = await on.open('?q=tools');
  const slider = page.getByRole('slider', { name: 'Last 90 minutes of Tools Server' });
  await expect
    .poll(() => slider.getAttribute('aria-valuetext'), PATIENCE)
    .toMatch(/: healthy, 100 % up, slowest answer \d\.\d+ s$/);
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
  expect(await page.innerText('.card .response')).toMatch(/^\d\.\d+ s$/);
  expect(on.trouble()).toEqual([]);
});

test('shows how it is, notices what changes, and says what is wrong', async () => {
  await on.healthy();
  const page = await on.open();
  await shows(page, 'h1').toBe('Healthy All 3 services are healthy.');
  await expect.poll(() => page.title(), PATIENCE).toBe('Healthy · langgraph-monitor');
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await shows(page, 'h1').toMatch(/^Unhealthy Tools Server is unhealthy \(HTTP 503\)/);
  await shows(page, '.alerts .row').toMatch(/critical\s+Tools Server is unhealthy - HTTP 503/);
  await expect
    .poll(() => page.getAttribute('.alerts .row a[aria-label^=Runbook]', 'href'))
    .toMatch(/\/runbook#servicedown$/);
  await shows(page, '.muted-list summary').toMatch(/1 alert not sent/);
  expect(await page.title()).toBe('Unhealthy · langgraph-monitor');
  expect(await page.getAttribute('link[rel=icon]', 'href')).toContain('d55e00');
  await page.mouse.move(0, 0);
  expect(await page.innerText('.card h3')).toBe('Tools Server');
  // On a busy machine a slow answer may have been an incident, too.
  await shows(page, '.incidents').toMatch(/Tools Server.*ongoing/s);
  await on.servers.tools.setFault(OK);
  await shows(page, 'h1').toBe('Healthy All 3 services are healthy.');
  await expect.poll(() => page.locator('.alerts').count(), PATIENCE).toBe(0);
  await shows(page, '.incident').toMatch(/ended/);
  expect(on.trouble()).toEqual([]);
});

test('keeps filter, order and span in the address, over reload and back', async () => {
  const page = await on.open();
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
  expect(on.trouble()).toEqual([]);
});

test('says that the monitor is away, how old it is, and goes on when it is back', async () => {
  await on.undo();
  const page = await on.open();
  await shows(page, 'h1').toMatch(/\S/);
  await on.monitor.kill();
  await shows(page, '.away').toMatch(/The monitor does not answer\. This is the state of \d+ s ago/);
  expect(await page.title()).toBe('No answer · langgraph-monitor');
  expect(await page.locator('.page.stale').count()).toBe(1);
  await on.servers.llm.setFault({ kind: 'status', code: 500 });
  on.monitor = await on.start();
  await expect.poll(() => page.locator('.away').count(), PATIENCE).toBe(0);
  await shows(page, 'h1').toMatch(/^Unhealthy Rechtsschutz/);
});

test('is one table each of alerts and services without JavaScript, and reloads itself', async () => {
  await on.undo();
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await expect
    .poll(async () => (await on.monitor.get('/alerts')).json(), PATIENCE)
    .toMatchObject({ alerts: [expect.stringMatching(/Tools Server is unhealthy/)] });
  const page = await on.open('', { ...PHONE, javaScriptEnabled: false });
  expect(await page.innerText('h1')).toMatch(/^Unhealthy Tools Server is unhealthy/);
  expect(await page.locator('.plain table').count()).toBe(2);
  expect(await page.innerText('.plain table >> nth=0')).toMatch(/critical\s+Tools Server/);
  expect(await page.innerText('.plain table >> nth=1')).toMatch(/unhealthy\s+Tools Server/);
  expect(await page.getByRole('button').count()).toBe(0);
  expect(await page.content()).toContain('<meta http-equiv="refresh" content="15">');
});

test('comes alive without a change to what the server drew', async () => {
  await on.checked();
  const page = await on.blank();
  // What is drawn by the server must be neither removed nor made again when the script takes over.
  await page.addInitScript(`
    globalThis.removed = 0;
    new MutationObserver(changes => {
      if (document.documentElement.dataset.alive !== undefined) return;
      for (const { target, removedNodes } of changes) if (target.nodeType === 1) removed += removedNodes.length;
    }).observe(document, { childList: true, subtree: true });
  `);
  await page.goto(on.monitor.url);
  await page.waitForSelector('html[data-alive]');
  expect(await page.evaluate('removed')).toBe(0);
});

test('is worked by the keyboard alone, and remembers the theme', async () => {
  const page = await on.open();
  const current = () =>
    page.evaluate('document.activeElement.innerText.trim() || document.activeElement.ariaLabel');
  for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
  await expect.poll(current).toBe('system');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect.poll(current).toBe('dark');
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(13, 17, 23)');
  const wanted = 'Filter services by name, model or reason';
  // The views there are come first, one after the other.
  for (let i = 0; i < 20 && (await current()) !== wanted; i++) await page.keyboard.press('Tab');
  await expect.poll(current).toBe(wanted);
  await page.keyboard.type('search');
  await expect.poll(() => page.locator('.services .card').count()).toBe(1);
  expect(on.trouble()).toEqual([]);
});
