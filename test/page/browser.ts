// A browser for the status page's tests. It notes everything a page must not do.

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
/** Nothing is fetched that no page asks for. */
const ALONE = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts one; the caller closes it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ALONE, env: { HOME: '/tmp' } });
}

export interface OpenPage {
  readonly page: Page;
  /** Errors, warnings, breaches of the policy and requests to elsewhere, as they come. */
  readonly trouble: string[];
}

/** Opens an address in a browser of its own settings. The caller closes the page's context. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('pageerror', error => trouble.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning')
      trouble.push(`${message.text()} ${message.location().url}`);
  });
  page.on('request', request => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) trouble.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, trouble };
}
