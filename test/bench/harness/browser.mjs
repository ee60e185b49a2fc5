// In: an address. Out: what Debian's Chromium needs to show it, and the page to measure on.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Missing } from './children.mjs';

const CHROMIUM = '/usr/bin/chromium-headless-shell';
/** What a browser fetches of its own accord is none of the page's. */
const ALONE = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
/** Milliseconds without a request after which a first view is complete. */
const QUIET = 1500;

/** Runs work with a browser that is closed afterwards. @throws Missing when there is none */
export async function withBrowser(work) {
  if (!existsSync(CHROMIUM)) throw new Missing('chromium-headless-shell is not installed', 'not installed');
  const { chromium } = await driver();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ALONE, env: { HOME: '/tmp' } });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Of the tests' packages, which a build alone does not install: then this row has no figures and the others have theirs. */
async function driver() {
  try {
    return await import('playwright-core');
  } catch {
    throw new Missing(
      'playwright-core is not installed; "npm install" installs what tests need',
      'not installed',
    );
  }
}

/**
 * Opens an address with an empty cache and waits until nothing more is asked for. Data the page polls counts as long
 * as it is part of the first view.
 * @returns {Promise<{requests: number, code: number, all: number}>} requests; bytes over the wire, headers included, of
 *   document, scripts, styles and fonts; of everything.
 */
export async function firstView(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const types = new Map();
    let [code, all, last] = [0, 0, performance.now()];
    network.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      last = performance.now();
      all += encodedDataLength;
      if (['Document', 'Script', 'Stylesheet', 'Font'].includes(types.get(requestId)))
        code += encodedDataLength;
    });
    await page.goto(url);
    for (const end = last + 15_000; performance.now() < Math.min(last + QUIET, end); ) await sleep(100);
    return { requests: types.size, code, all };
  } finally {
    await page.close();
  }
}

/** Bytes of the page's JavaScript heap that are in use after a collection. */
export async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
