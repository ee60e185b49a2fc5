// The page for the public behind a real HAProxy, in a browser: every view, every answer it asks for, every link on it.

import type { Browser, BrowserContext, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newContext, openIn, startBrowser } from '../page/browser.js';
import { barriers, overflow, PHONE } from '../page/page-test.js';
import { MARK, PATIENCE, type PublicWorld, startPublicWorld } from './public-world.js';

let world: PublicWorld;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  [world, browser] = await Promise.all([startPublicWorld(), startBrowser()]);
  context = await newContext(browser, PHONE);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

/** Each view, and texts that are on it once all its questions are answered. */
const VIEWS: readonly [path: string, texts: readonly RegExp[]][] = [
  ['/', [/Chat/, /24 h\s+\d/, /maintenance/]],
  ['/?bars=90d', [/24 h\s+\d/]],
  ['/ui/incidents', [/Service down/]],
  ['/ui/service/up', [/Chat/, /24h\s+\d/, /Needed by\s+Secure/, /Depends on\s+no other service/, /median/]],
  ['/ui/service/down', [/Search/, /Unhealthy|Timeout/, /Failed checks/, /Service down/]],
  ['/ui/service/secure', [/days left/, /Depends on\s+Chat/]],
  ['/ui/service/secure?range=30d', [/days left/, /24h\s+\d/]],
  ['/ui/haproxy', [/pool\s+UP\s+1 of 3 servers up/, /UP/]],
  [`/ui/service/${MARK}-hidden`, [/No such service/]],
  [`/ui/service/${MARK}-balancer?range=6h`, [/No such service/]],
];

/** Where links led to; those that stand on every view are followed once. */
const reached = new Set<string>();

test.each(VIEWS)(
  '%s',
  async (path, texts) => {
    const answers: Promise<[path: string, status: number, text: string]>[] = [];
    const note = (response: Response) => void answers.push(read(response));
    context.on('response', note);
    const { page, trouble } = await openIn(context, `${world.outside}${path}`);
    await page.waitForSelector('html[data-alive]');
    for (const text of texts) await expect.poll(() => page.innerText('body'), PATIENCE).toMatch(text);
    const isMissing = path.includes(MARK);
    const asked = isMissing ? /xq7marker-(hidden|balancer)/g : /$^/g;
    const html = (await page.content()).replace(asked, '');
    expect(html).not.toMatch(new RegExp(`${MARK}|127\\.0\\.0\\.1:(?!${new URL(world.outside).port})`));
    expect(await page.title()).not.toContain(MARK);
    const hrefs = await page
      .locator('a[href]')
      .evaluateAll(all => all.map(each => (each as unknown as { href: string }).href));
    expect(hrefs.length).toBeGreaterThan(2);
    for (const href of new Set(hrefs)) {
      if (!reached.has(href)) expect([href, (await fetch(href)).status]).toEqual([href, 200]);
      reached.add(href);
    }
    expect(await page.locator('button', { hasText: /silence|check now|test/i }).count()).toBe(0);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await barriers(page)).toEqual([]);
    await page.close();
    context.off('response', note);
    const all = await Promise.all(answers);
    for (const [asking, status, text] of all) {
      const isPage = asking === new URL(path, world.outside).pathname;
      expect([asking, status]).toEqual([asking, isPage && isMissing ? 404 : 200]);
      expect([asking, isPage || asking.startsWith('/ui/')]).toEqual([asking, true]);
      expect(text.replace(asked, '')).not.toContain(MARK);
    }
    // The views ask for figures, and no answer was refused.
    if (!isMissing) expect(all.map(([asking]) => asking).join()).toContain('/ui/public/');
    expect(trouble.filter(text => !isMissing || !text.includes('404'))).toEqual([]);
  },
  150_000,
);

/** The stream of events has no end; what it says is that of `cluster_health`. */
async function read(response: Response): Promise<[path: string, status: number, text: string]> {
  const { pathname } = new URL(response.url());
  const isStream = pathname.endsWith('/events');
  const text = isStream ? '' : await response.text().catch(() => '');
  return [pathname, response.status(), `${pathname}${JSON.stringify(response.headers())}${text}`];
}
