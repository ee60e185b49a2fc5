// Every action by the keyboard alone: Tab to it, Enter; and the focus goes back where it came from, or on where that is gone.
// And what each action says when it is refused.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { enter, focused, hasFocus, refused, tabTo } from './keys.js';
import { PATIENCE, PageTest, shows } from './page-test.js';

const on = new PageTest(
  ({ folder }) => {
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, JSON.stringify({ route: { receiver: 'log' }, receivers: [{ name: 'log' }] }));
    return { alerting: { config_file: file } };
  },
  undefined,
  true,
);

/** Search and the tools server fail, each with an alert of its own. */
async function fail(): Promise<void> {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await on.servers.llm.setFault({ kind: 'status', code: 503 });
  const count = async () => (await on.monitor.json<{ count: number }>('/alerts')).count;
  await expect.poll(count, PATIENCE).toBe(2);
}

/** Ends all silences, so that what fails is sent again. */
async function expireSilences(): Promise<void> {
  const silences = await on.monitor.json<{ id: string; status: { state: string } }[]>('/api/v2/silences');
  for (const { id, status } of silences)
    if (status.state !== 'expired') await on.monitor.get(`/api/v2/silence/${id}`, { method: 'DELETE' });
}

/** Answers to a new silence come only after its alert has left the list. */
async function answerLate(page: Page, buttons: number): Promise<void> {
  await page.route('**/api/v2/silences', async route => {
    if (route.request().method() !== 'POST') return route.fallback();
    const response = await route.fetch();
    await expect.poll(() => page.locator('.silence-button').count(), PATIENCE).toBe(buttons);
    await route.fulfill({ response });
  });
}

test.each([
  ['its row goes before the answer comes', true],
  ['whatever comes first', false],
])('alerts are silenced one after the other: %s', async (_, isLate) => {
  await expireSilences();
  await fail();
  const page = await on.open('ui/alerts?q=ServiceDown');
  await page.evaluate(`localStorage.setItem('langgraph-monitor.author', 'ann')`);
  await expect.poll(() => page.locator('.silence-button').count(), PATIENCE).toBe(2);
  await enter(page, /^Silence ServiceDown/);
  await shows(page, '.quick').toMatch(/Covers 1 alert/);
  await hasFocus(page).toBe('15 min');
  // What is open stands in the address.
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  await hasFocus(page).toBe('15 min');
  await page.keyboard.press('Escape');
  await hasFocus(page).toMatch(/^Silence ServiceDown/);
  const first = String(await focused(page));
  await page.keyboard.press('Enter');
  await shows(page, '.quick').toMatch(/Covers 1 alert/);
  if (isLate) await answerLate(page, 1);
  await enter(page, /^15 min$/);
  // Its row is among the muted ones; the next alert is to be silenced next.
  await expect.poll(() => page.locator('.silence-button').count(), PATIENCE).toBe(1);
  await hasFocus(page).toMatch(/^Silence ServiceDown/);
  await expect.poll(() => page.locator('.quick').count(), PATIENCE).toBe(0);
  expect(await focused(page)).not.toBe(first);
  await page.unroute('**/api/v2/silences');
  await page.keyboard.press('Enter');
  await shows(page, '.quick').toMatch(/Covers 1 alert/);
  await enter(page, /^1 h$/);
  await shows(page, 'main .empty').toMatch(/^No alert that fires fits the filter/);
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('MAIN');
  expect(on.trouble()).toEqual([]);
});

test('a silence is made, extended and expired, and maintenance is planned', async () => {
  const page = await on.open('ui/silences');
  await page.evaluate(`localStorage.setItem('langgraph-monitor.author', 'ann')`);
  await enter(page, /^New silence$/);
  await hasFocus(page).toBe('Label of matcher 1');
  await page.keyboard.type('target');
  await tabTo(page, /^Value of matcher 1$/);
  await page.keyboard.type('nothing');
  await enter(page, /^Cancel$/);
  await hasFocus(page).toBe('New silence');
  await page.keyboard.press('Enter');
  await hasFocus(page).toBe('Label of matcher 1');
  await page.keyboard.type('target');
  await tabTo(page, /^Value of matcher 1$/);
  await page.keyboard.type('nothing');
  await tabTo(page, /^Comment$/);
  await page.keyboard.type('by keys');
  await page.keyboard.press('Enter');
  await shows(page, '.done').toBe('The silence was made.');
  await hasFocus(page).toBe('New silence');
  await enter(page, /^Extend the silence of target="nothing"/);
  await hasFocus(page).toBe('15 min');
  await enter(page, /^Cancel$/);
  await hasFocus(page).toMatch(/^Extend the silence/);
  await page.keyboard.press('Enter');
  await enter(page, /^Extend until/);
  await shows(page, '.done').toBe('The silence was extended.');
  await hasFocus(page).toMatch(/^Extend the silence of target="nothing"/);
  await enter(page, /^Expire the silence of target="nothing"/);
  await hasFocus(page).toBe('Keep');
  await page.keyboard.press('Enter');
  await hasFocus(page).toMatch(/^Expire the silence/);
  await page.keyboard.press('Enter');
  await hasFocus(page).toBe('Keep');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await shows(page, '.done').toBe('The silence has expired.');
  await hasFocus(page).toBe('Make again');
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  await enter(page, /^Plan maintenance$/);
  await hasFocus(page).toBe('Label of matcher 1');
  await page.keyboard.type('target');
  await tabTo(page, /^Value of matcher 1$/);
  await page.keyboard.type('tools');
  await tabTo(page, /^Comment$/);
  await page.keyboard.type('maintenance: disks');
  await page.keyboard.press('Enter');
  await shows(page, '.done').toBe('The silence was made.');
  await hasFocus(page).toBe('Plan maintenance');
  expect(on.trouble()).toEqual([]);
});

/** Types into fields, presses and chooses, all in one task of the browser: nothing is drawn between. */
const inOneTask = (page: Page, steps: readonly (readonly [label: string, value?: string])[]) =>
  page.evaluate(`for (const [label, value] of ${JSON.stringify(steps)}) {
    const found = [...document.querySelectorAll('main input, main select, main button')].find(
      ({ ariaLabel, labels, innerText }) =>
        (ariaLabel || labels?.[0]?.innerText || innerText).trim().startsWith(label));
    if (value === undefined) found.click();
    else {
      found.value = value;
      found.dispatchEvent(new Event(found.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
      found.dispatchEvent(new Event('blur'));
    }
  }`);

test('a matcher that is added while another change is drawn has the focus', async () => {
  const page = await on.open('ui/silences?new=1');
  await hasFocus(page).toBe('Label of matcher 1');
  await page.evaluate(`(async () => {
    const value = document.querySelector('.matcher-value');
    value.value = 'tools';
    value.dispatchEvent(new Event('input', { bubbles: true }));
    // It is drawn, and what follows a drawing has not run yet.
    await new Promise(resolve => setTimeout(resolve));
    [...document.querySelectorAll('.matchers button')].at(-1).click();
  })()`);
  await hasFocus(page).toBe('Label of matcher 2');
});

test('what is typed and pressed before it is drawn counts', async () => {
  const page = await on.open('ui/silences?new=1');
  await page.evaluate(`localStorage.setItem('langgraph-monitor.author', 'ann')`);
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  await inOneTask(page, [
    ['Label of matcher 1', 'target'],
    ['Operator of matcher 1', '=~'],
    ['Value of matcher 1', 'quick.*'],
    ['Add a matcher'],
    ['Comment', 'quick'],
  ]);
  await inOneTask(page, [['Label of matcher 2', 'job'], ['Value of matcher 2', 'any'], ['Silence']]);
  await shows(page, '.done').toBe('The silence was made.');
  await page.getByRole('button', { name: /^Extend the silence of target=~"quick/ }).click();
  await shows(page, '.extend').toMatch(/Extend until/);
  await inOneTask(page, [['8 h'], ['Extend until']]);
  await shows(page, '.done').toBe('The silence was extended.');
  const silences =
    await on.monitor.json<{ comment: string; matchers: object[]; startsAt: string; endsAt: string }[]>(
      '/api/v2/silences',
    );
  const made = silences.find(({ comment }) => comment === 'quick');
  expect(made?.matchers).toMatchObject([
    { name: 'target', value: 'quick.*', isRegex: true },
    { name: 'job', value: 'any', isRegex: false },
  ]);
  const hours = (Date.parse(String(made?.endsAt)) - Date.parse(String(made?.startsAt))) / 3_600_000;
  expect(hours).toBeCloseTo(9, 1);
});

test('two choices before either is drawn are both in the address', async () => {
  const page = await on.open('ui/explore?g0.expr=up&g0.tab=1&g1.expr=up&g1.tab=1');
  await page.waitForSelector('.panel-of-query');
  await inOneTask(page, [['Add a query'], ['Graph']]);
  await expect.poll(() => page.url(), PATIENCE).toMatch(/g0\.tab=0.*g2\.expr=/);
  await page.goto(`${on.monitor.url}/ui/alerts`);
  await page.waitForSelector('html[data-alive]');
  await inOneTask(page, [
    ['Filter alerts', 'Service'],
    ['Groups', 'rule'],
  ]);
  await expect.poll(() => page.url(), PATIENCE).toMatch(/q=Service&group=rule/);
});

test('a service is checked, a receiver is tested', async () => {
  const page = await on.open('ui/service/tools');
  const checked = page.waitForResponse(each => each.url().endsWith('/check'));
  await enter(page, /^Check now$/);
  expect((await checked).status()).toBe(200);
  await hasFocus(page).toBe('Check now');
  await page.goto(`${on.monitor.url}/ui/alerts`);
  await page.waitForSelector('html[data-alive]');
  await enter(page, /^Does it reach me\?$/);
  await page.waitForSelector('.receiver');
  await enter(page, /^Send a test to log$/);
  await shows(page, '.receiver .result').toMatch(/no integrations/);
  expect(await focused(page)).toBe('Send a test to log');
  expect(on.trouble()).toEqual([]);
});

/** Each action: its view, what opens it, what does it, where its refusal stands. */
const ACTIONS: [name: string, view: string, open: string[], act: string, where: string][] = [
  ['check', 'ui/service/tools', [], 'Check now', '.check-now [role=status]'],
  ['test', 'ui/alerts', ['Does it reach me?'], 'Send a test to log', '.receiver .result'],
  ['expire', 'ui/silences', ['Expire the silence of refused="1"'], 'Expire now', '.silence [role=alert]'],
  ['extend', 'ui/silences', ['Extend the silence of refused="1"'], 'Extend until', '.silence [role=alert]'],
  ['make', 'ui/silences?new=1&matcher=a%3D"b"&comment=c', [], 'Silence', '.silence-form > [role=alert]'],
  [
    'plan',
    'ui/silences?new=1&matcher=a%3D"b"&comment=maintenance:c&start=2089-01-01T00:00Z',
    [],
    'Plan silence',
    '.silence-form > [role=alert]',
  ],
];

test.each(ACTIONS)(
  '%s says why it was refused, and can be tried again',
  async (_, view, open, act, where) => {
    const silences = await on.monitor.json<{ comment: string }[]>('/api/v2/silences');
    if (!silences.some(({ comment }) => comment === 'refused'))
      await on.monitor.get('/api/v2/silences', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          matchers: [{ name: 'refused', value: '1', isRegex: false, isEqual: true }],
          ...{ startsAt: new Date(), endsAt: new Date(Date.now() + 3_600_000) },
          ...{ createdBy: 'ann', comment: 'refused' },
        }),
      });
    const page = await on.open(view);
    await page.evaluate(`localStorage.setItem('langgraph-monitor.author', 'ann')`);
    await page.reload();
    await page.waitForSelector('html[data-alive]');
    for (const name of open) await page.getByRole('button', { name }).click();
    await refused(page, { act, where });
  },
  120_000,
);
