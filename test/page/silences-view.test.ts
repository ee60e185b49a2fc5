// The view of silences in Debian's Chromium, beside the real amtool: each sees what the other made.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { amtool } from '../support/amtool.js';
import { PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const on = new PageTest();
const EVIL = `<img src=x onerror="document.title='evil'"></script>'"&`;

const fill = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);

test('a silence made on the page is the one amtool shows, and is extended and expired', async () => {
  const page = await on.open('ui/silences');
  await shows(page, '.empty >> nth=0').toBe('No silence is active: every alert is sent.');
  await page.getByRole('link', { name: 'New silence' }).click();
  await fill(page, 'Label of matcher 1', 'target');
  await fill(page, 'Value of matcher 1', 'tools');
  await page.getByRole('button', { name: 'Add a matcher' }).click();
  await expect
    .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'))
    .toBe('Label of matcher 2');
  await page.keyboard.type('alertname');
  await page.getByLabel('Operator of matcher 2').selectOption('!~');
  await fill(page, 'Value of matcher 2', 'Host.*');
  await shows(page, '.preview').toMatch(/Of Tools Server, alerts with alertname!~"Host\.\*" only\./);
  await page.getByRole('button', { name: '8 h' }).click();
  await fill(page, 'Comment', 'new disks');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await shows(page, '.field .fault').toBe('Say who makes it.');
  await page.keyboard.type('ann');
  await page.keyboard.press('Enter');
  await shows(page, '.done').toBe('The silence was made.');
  await shows(page, '.silence.chosen').toMatch(/new disks\s+by ann · 7 h 5\d min left, until /);
  const { stdout } = await amtool(on.monitor.url, 'silence', 'query', '-o', 'json');
  const [made, ...others] = JSON.parse(stdout) as Record<string, string>[];
  expect([made, others]).toMatchObject([
    {
      comment: 'new disks',
      createdBy: 'ann',
      matchers: [
        { name: 'target', value: 'tools', isRegex: false, isEqual: true },
        { name: 'alertname', value: 'Host.*', isRegex: true, isEqual: false },
      ],
      status: { state: 'active' },
    },
    [],
  ]);
  expect(Date.parse(made?.endsAt ?? '') - Date.parse(made?.startsAt ?? '')).toBeLessThanOrEqual(
    8 * 3_600_000,
  );
  await page.getByRole('button', { name: /^Extend the silence/ }).click();
  await page.getByRole('button', { name: '15 min' }).click();
  await page.getByRole('button', { name: /^Extend until/ }).click();
  await shows(page, '.silence').toMatch(/8 h 1[0-4] min left/);
  await page.getByRole('button', { name: /^Expire the silence/ }).click();
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Keep');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Expire the silence/ }).click();
  await page.getByRole('button', { name: 'Expire now' }).click();
  await shows(page, '.silence').toMatch(/by ann · ended \d+ (?:s|min) ago/);
  expect((await amtool(on.monitor.url, 'silence', 'query', '-q')).stdout.trim()).toBe('');
  // The author is remembered, and the form is filled with what it was.
  await page.getByRole('link', { name: 'Make again' }).click();
  await expect.poll(() => page.getByLabel('Author').inputValue()).toBe('ann');
  expect(await page.getByLabel('Value of matcher 2').inputValue()).toBe('Host.*');
  expect(on.trouble()).toEqual([]);
});

test('what amtool made is on the page, whatever stands in it', async () => {
  const { url } = on.monitor;
  const add = (...args: string[]) => amtool(url, 'silence', 'add', ...args);
  await add(
    `target=${JSON.stringify(EVIL)}`,
    'b=~.*x',
    `--author=${EVIL}`,
    `--comment=maintenance: ${EVIL}`,
    '-d',
    '3h',
  );
  await add('a=b', '--author=b', '--comment=c', '--start=2089-01-01T00:00:00Z', '--end=2089-01-01T05:00:00Z');
  const page = await on.open('ui/silences', PHONE);
  await shows(page, '.silence >> nth=0').toContain(EVIL);
  const first = await page.innerText('.silence >> nth=0');
  expect(first).toContain('b=~".*x"');
  expect(first).toMatch(/Maintenance <img src=x/);
  expect(await page.innerText('.silence >> nth=1')).toMatch(
    /starts in \d+ d.*, 2089-01-01 \d\d:\d\d for 5 h/s,
  );
  expect(await page.locator('.silence img').count()).toBe(0);
  expect(await page.title()).not.toBe('evil');
  expect(on.trouble()).toEqual([]);
});

test('a link leads to a filled form that survives reload and back', async () => {
  const page = await on.open('ui/silences?new=1&matcher=target%3D"tools"&start=2089-01-01T00:00Z&for=8h');
  expect(await page.getByLabel('Value of matcher 1').inputValue()).toBe('tools');
  await fill(page, 'Comment', 'maintenance: disks');
  await shows(page, '.silence-form h2').toBe('Plan maintenance');
  await expect.poll(() => new URL(page.url()).searchParams.get('comment')).toBe('maintenance: disks');
  await page.reload();
  expect(await page.getByLabel('Comment').inputValue()).toBe('maintenance: disks');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => page.locator('.silence-form').count()).toBe(0);
  await page.goBack();
  await expect.poll(() => page.getByLabel('Comment').inputValue()).toBe('maintenance: disks');
  await fill(page, 'Author', 'bob');
  await page.getByRole('button', { name: 'Plan silence' }).click();
  await shows(page, '.silence.chosen').toMatch(/Maintenance disks\s+by bob · starts in /);
  expect(on.trouble()).toEqual([]);
});

test('errors stand beside what is wrong, and a monitor that is away loses nothing', async () => {
  const page = await on.open('ui/silences?new=1&matcher=target%3D"tools"&matcher=a%3D~"["&comment=c');
  await shows(page, '.matcher >> nth=1').toMatch(/error parsing regexp: missing closing \]/);
  expect(await page.getByLabel('Value of matcher 1').getAttribute('aria-invalid')).toBe('false');
  expect(await page.getByLabel('Value of matcher 2').getAttribute('aria-invalid')).toBe('true');
  await fill(page, 'Author', 'ann');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect
    .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'))
    .toBe('Label of matcher 2');
  await page.getByRole('button', { name: 'Remove matcher 2' }).click();
  await shows(page, '.preview').toMatch(/Of Tools Server\./);
  await on.monitor.kill();
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await shows(page, '.silence-form [role=alert]').toMatch(/^The silence was not made: The monitor does not/);
  on.monitor = await on.start();
  await expect.poll(() => page.locator('.away').count(), PATIENCE).toBe(0);
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await shows(page, '.done').toBe('The silence was made.');
});
