// A browser for the status page's tests. It notes everything a page must not do.

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** Chromium without the windows around it: the same engine, and a page costs little more than half of the CPU. */
const CHROMIUM = '/usr/bin/chromium-headless-shell';
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

/** Opens an address in a context of its own settings. The caller closes the page's context. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  return openIn(await newContext(browser, options), url);
}

/** A context whose reader wants no motion, unless the options say otherwise. The caller closes it. */
export async function newContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  // A slow machine is no failure.
  context.setDefaultTimeout(60_000);
  return context;
}

/** How a page is shown; unlike what else a context can have, it can be changed on a page. */
export type Screen = Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'reducedMotion'>;

/** Opens an address as one more page of a context, which is far cheaper than a context of its own. */
export async function openIn(context: BrowserContext, url: string, screen?: Screen): Promise<OpenPage> {
  const page = await context.newPage();
  if (screen?.viewport) await page.setViewportSize(screen.viewport);
  if (screen) await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce', ...screen });
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
