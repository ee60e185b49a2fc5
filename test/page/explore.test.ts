// The explorer in Chromium: editor, completion, table, graph, and an address that says it all.

import { expect, test } from 'vitest';
import { PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const on = new PageTest();
const UP = 'langgraph_monitor_service_up';

test("a rule's link leads here, and its expression is answered", async () => {
  await on.sampled();
  const page = await on.open(`graph?g0.expr=${encodeURIComponent(`${UP}{target="tools"} == 1`)}&g0.tab=1`);
  expect(new URL(page.url()).pathname).toBe('/ui/explore');
  await shows(page, '.result tr >> nth=1').toMatch(/^langgraph_monitor_service_up\{.*target="tools"\}\s+1$/s);
  await shows(page, '.took').toMatch(/^1 series, \d+ ms$/);
  expect(on.trouble()).toEqual([]);
});

test('an expression is typed with completion, executed by Enter, and stands in the address', async () => {
  await on.sampled();
  const page = await on.open('ui/explore');
  await shows(page, '.empty').toMatch(/^Type an expression/);
  const editor = page.locator('.cm-content');
  await editor.click();
  await page.keyboard.type('langgraph_monitor_service_u');
  await page.locator('.cm-tooltip-autocomplete').waitFor();
  // The editor takes no key for a list that has opened within the last 75 ms: it may be meant for what was there before.
  await page.waitForTimeout(300);
  await page.keyboard.press('Enter');
  await expect.poll(() => editor.innerText(), PATIENCE).toBe(UP);
  await page.keyboard.press('Enter');
  await shows(page, '.took').toMatch(/^3 series/);
  expect(new URL(page.url()).search).toBe(`?g0.expr=${UP}&g0.tab=1`);
  await page.keyboard.type(' +');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Execute' }).click();
  await shows(page, '[role=alert]').toMatch(/parse error/);
  await page.goBack();
  await expect.poll(() => editor.innerText(), PATIENCE).toBe(UP);
  await shows(page, '.took').toMatch(/^3 series/);
  const problems = on.trouble().filter(each => !/400 \(Bad Request\)/.test(each));
  expect(problems).toEqual([]);
});

test('a plain field is there at once; the editor takes over its text, caret and focus, when no pointer selects', async () => {
  const page = await on.open();
  let serve = () => {};
  const held = new Promise<void>(resolve => {
    serve = resolve;
  });
  await page.route('**/ui/assets/editor-promql-*', async route => {
    await held;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Explore' }).click();
  const field = page.locator('.expression-field textarea');
  await field.click();
  await page.keyboard.type('1 == 2');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  const asked = page.waitForResponse('**/ui/assets/editor-promql-*');
  await page.evaluate(
    "document.querySelector('.expression-field textarea').dispatchEvent(new Event('pointerdown'))",
  );
  serve();
  await asked;
  await page.evaluate('new Promise(done => requestIdleCallback(() => setTimeout(done, 100)))');
  expect(await field.count()).toBe(1);
  await page.evaluate("dispatchEvent(new Event('pointerup'))");
  await page.locator('.cm-content').waitFor(PATIENCE);
  await expect.poll(() => field.count()).toBe(0);
  await page.keyboard.type('>');
  await shows(page, '.cm-content').toBe('1 >= 2');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await shows(page, '.cm-content').toMatch(/^Expression|^$/);
  expect(on.trouble()).toEqual([]);
});

test('without the editor the plain field does', async () => {
  const page = await on.open();
  await page.route('**/ui/assets/editor-*', route => route.abort());
  await page.getByRole('link', { name: 'Explore' }).click();
  await page.locator('.expression-field textarea').click();
  await page.keyboard.type('1 + 1');
  await page.keyboard.press('Enter');
  await shows(page, '.result').toMatch(/2/);
  expect(new URL(page.url()).searchParams.get('g0.expr')).toBe('1 + 1');
});

test('a graph has its range, end and step in the address, and isolates a series', async () => {
  await on.sampled();
  const page = await on.open(`ui/explore?g0.expr=${UP}&g0.tab=0`);
  await page.locator('.explore canvas').waitFor(PATIENCE);
  await expect.poll(() => page.locator('.graph-legend li').count(), PATIENCE).toBe(3);
  await page.locator('.graph-legend button', { hasText: 'tools' }).click();
  await expect
    .poll(() => page.getByRole('slider').getAttribute('aria-label'), PATIENCE)
    .toMatch(/^langgraph_monitor_service_up\{[^;]*target="tools"\}: latest 1[^;]*$/);
  await page.getByRole('button', { name: 'Longer range' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.range_input')).toBe('2h');
  await page.getByRole('textbox', { name: 'Step' }).fill('1m');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.step_input')).toBe('1m');
  await page.getByRole('textbox', { name: 'End (UTC)' }).fill('yesterday');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.getByRole('textbox', { name: 'End (UTC)' }).getAttribute('aria-invalid'))
    .toBe('true');
  await page.getByRole('textbox', { name: 'End (UTC)' }).fill('2024-01-15 10:30:00');
  await page.keyboard.press('Enter');
  await shows(page, '.explore .empty').toBe('No series fits the expression in this time.');
  await page.reload();
  await shows(page, '.explore .empty').toBe('No series fits the expression in this time.');
  expect(on.trouble()).toEqual([]);
});

test('metrics are listed and chosen, queries are added and removed, also on a phone', async () => {
  await on.sampled();
  const page = await on.open('ui/explore', PHONE);
  await page.getByRole('button', { name: 'Metrics' }).click();
  await page.getByRole('searchbox').fill('service_up');
  await page.getByRole('button', { name: UP, exact: true }).click();
  await shows(page, '.took').toMatch(/^3 series/);
  await page.getByRole('button', { name: 'Add a query' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Execute' }).count()).toBe(2);
  const second = page.getByLabel('Expression 2').locator('visible=true');
  await second.click();
  await page.keyboard.type('1 + 1');
  // The plain field, or the editor once it is there.
  const text = () => second.evaluate(field => (field as HTMLInputElement).value ?? field.textContent);
  await expect.poll(text).toBe('1 + 1');
  await page.keyboard.press('Escape');
  // Completions that come after that would take an Enter.
  await page.getByRole('button', { name: 'Execute' }).nth(1).click();
  await shows(page, '.panel-of-query >> nth=1 >> .result').toMatch(/scalar\s+2/);
  expect([...new URL(page.url()).searchParams].map(([name]) => name)).toEqual([
    'g0.expr',
    'g0.tab',
    'g1.expr',
    'g1.tab',
    // The list of metrics is.
    'open',
  ]);
  await page.reload();
  await shows(page, '.took').toMatch(/\d+ ms$/);
  expect(await page.getByRole('button', { name: 'Metrics' }).first().getAttribute('aria-expanded')).toBe(
    'true',
  );
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await expect.poll(() => page.getByRole('button', { name: 'Execute' }).count()).toBe(1);
  await shows(page, '.took').toMatch(/\d+ ms$/);
  expect(on.trouble()).toEqual([]);
});

test('of many series a graph draws the first, and more when they are asked for', async () => {
  await on.sampled();
  const page = await on.open(
    `ui/explore?g0.expr=${encodeURIComponent('{job!=""}')}&g0.tab=0&g0.range_input=5m`,
  );
  const lines = page.locator('.graph-legend li');
  await shows(page, '.not-drawn').toMatch(/^The first 40 of \d{3,} series are drawn; an aggregation/);
  await expect.poll(() => lines.count(), PATIENCE).toBe(40);
  await page.getByRole('button', { name: 'Draw 100 more' }).click();
  await expect.poll(() => lines.count(), PATIENCE).toBe(140);
  await shows(page, '.not-drawn').toMatch(/^The first 140 of \d{3,} series are drawn/);
  expect(on.trouble()).toEqual([]);
});
