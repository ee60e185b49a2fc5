// A page by the keyboard alone, and what its actions say when they are refused.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { PATIENCE, shows } from './page-test.js';

/** The accessible name of what has the focus, near enough. */
export const focused = (page: Page) =>
  page.evaluate(`(({ ariaLabel, labels, innerText, tagName }) =>
    ariaLabel || labels?.[0]?.innerText || innerText.trim().slice(0, 80) || tagName)(document.activeElement)`);

/** Presses Tab until the focus is on what has the name. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: unknown[] = [];
  for (let i = 0; i < 80; i++) {
    const at = await focused(page);
    if (name.test(String(at))) return;
    passed.push(at);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}, but to ${passed.join(', ')}`);
}

/** The same, and presses Enter there. */
export async function enter(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** Polls what has the focus. */
export const hasFocus = (page: Page) => expect.poll(() => focused(page), PATIENCE);

/** What a proxy in between, another user's change, or the network makes of a request, and what the page says. */
const REFUSALS = [
  [401, /a password is needed: reload the page and log in\./],
  [403, /the page is read-only/],
  [409, /it has changed/],
  [undefined, /The monitor does not answer\. Look whether it was done before you try again\./],
] as const;
const BODIES: Readonly<Record<number, string>> = {
  401: 'a password is needed',
  403: 'the page is read-only',
  409: 'it has changed',
};

/**
 * Tries an action once for each refusal. @param act the button's name, of which `... until` is the beginning
 * @param where the refusal stands
 */
export async function refused(page: Page, { act, where }: { act: string; where: string }): Promise<void> {
  let at = 0;
  await page.route('**/*', (route, request) => {
    if (!['POST', 'PUT', 'DELETE'].includes(request.method())) return route.fallback();
    const status = REFUSALS[at]?.[0];
    if (status === undefined) return route.abort();
    return route.fulfill({ status, body: JSON.stringify({ error: BODIES[status] }) });
  });
  const button = page.locator('main').getByRole('button', { name: act, exact: !act.endsWith('until') });
  for (const [, text] of REFUSALS) {
    await button.click();
    await shows(page, where).toMatch(text);
    at++;
  }
}
