// Announcements that are posted, planned and removed on the page: by the keyboard alone, refused, and not for the public.

import { expect, test } from 'vitest';
import { enter, hasFocus, refused, tabTo } from './keys.js';
import { barriers, LOOKS, look, overflow, PageTest, shows } from './page-test.js';

const on = new PageTest(undefined, undefined, true);

const EVIL = '<b onclick="alert(1)">5 € & more</b>';

test('an announcement is posted and removed by the keyboard, and stands on the overview', async () => {
  const page = await on.open();
  await page.getByRole('link', { name: 'Post an announcement' }).click();
  await hasFocus(page).toBe('Title');
  await page.keyboard.press('Enter');
  await shows(page, '#announcement-title-note').toBe('Say in a few words what it is about.');
  await hasFocus(page).toBe('Title');
  await page.keyboard.type(EVIL);
  await tabTo(page, /^Message$/);
  await page.keyboard.type('First line');
  await page.keyboard.press('Enter');
  await page.keyboard.type('second line');
  await enter(page, /^Warning$/);
  // A reload loses nothing.
  await expect.poll(() => page.url()).toMatch(/severity=warning/);
  await page.reload();
  await page.waitForSelector('html[data-alive]');
  expect(await page.locator('textarea').inputValue()).toBe('First line\nsecond line');
  for (const each of LOOKS) {
    await look(page, each);
    expect([each, await barriers(page), await overflow(page)]).toEqual([each, [], 0]);
  }
  await enter(page, /^Cancel$/);
  await hasFocus(page).toBe('New announcement');
  await page.goBack();
  await enter(page, /^Post$/);
  await shows(page, '.done').toBe('The announcement was posted.');
  await hasFocus(page).toBe('New announcement');
  await shows(page, '.notice-card.warning').toMatch(
    /^warning <b onclick.*\s+First line\nsecond line\s+Change.*End now\s+Remove$/s,
  );
  await enter(page, /^Change/);
  await hasFocus(page).toBe('Title');
  expect(await page.locator('textarea').inputValue()).toBe('First line\nsecond line');
  await expect.poll(() => page.url()).toMatch(/change=[\da-f-]{36}.*severity=warning/);
  await enter(page, /^Critical$/);
  await enter(page, /^Save$/);
  await shows(page, '.done').toBe('The announcement was changed.');
  await shows(page, '.notice-card.critical').toContain('First line');
  await page.getByRole('link', { name: 'Overview' }).click();
  await shows(page, '.news .notice-card').toContain(EVIL);
  await page.getByRole('link', { name: 'All announcements' }).click();
  await enter(page, /^Remove the announcement/);
  await hasFocus(page).toBe('Keep');
  await page.keyboard.press('Enter');
  await hasFocus(page).toMatch(/^Remove the announcement/);
  await enter(page, /^End the announcement/);
  await hasFocus(page).toBe('Keep');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await shows(page, '.done').toBe('The announcement has ended.');
  await shows(page, '[aria-labelledby=announcements-ended]').toContain('First line');
  await enter(page, /^Remove the announcement/);
  await hasFocus(page).toBe('Keep');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await shows(page, '.done').toBe('The announcement was removed.');
  await shows(page, 'main').toMatch(/Nothing is announced/);
  expect(on.trouble()).toEqual([]);
});

test('one is planned, and says why it was refused', async () => {
  const query = new URLSearchParams({ new: '1', title: 't', message: 'm', start: '2089-01-01T00:00Z' });
  const page = await on.open(`ui/announcements?${query}&end=2088-01-01T00:00Z`);
  const plan = page.getByRole('button', { name: 'Plan' });
  await plan.click();
  await shows(page, '#announcement-end-note').toBe('The end is before the start.');
  await page.goto(`${on.monitor.url}/ui/announcements?${query}&end=2090-01-01T00:00Z`);
  await page.waitForSelector('html[data-alive]');
  await refused(page, { act: 'Plan', where: '.silence-form > [role=alert]' });
  await page.unrouteAll();
  await plan.click();
  await shows(page, '.notice-card.planned').toMatch(
    /^planned, info t\s+m\s+From .*2089.* until .*20(89|90)/s,
  );
  await page.getByRole('link', { name: /^Change/ }).click();
  expect(await page.locator('#announcement-start').inputValue()).not.toBe('');
  await refused(page, { act: 'Save', where: '.silence-form > [role=alert]' });
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Remove the announcement t' }).click();
  await refused(page, { act: 'Remove now', where: '.notice-card [role=alert]' });
});
