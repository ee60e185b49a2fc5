// Takes the pictures of the status page that the README shows: starts the demo, waits until there is something to see,
// and writes docs/images/status-page-light.png and -dark.png. Run by `npm run picture`; needs Debian's chromium-headless-shell.

import './node-version.mjs';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { main, ROOT } from './command.mjs';

const FOLDER = join(ROOT, 'docs', 'images');
const SIZE = { width: 1280, height: 880 };
/** Milliseconds: the simulated cluster has had incidents by then, and cards have a past. */
const AGE = Number(process.env.PICTURE_AGE ?? 150_000);

async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function ready(url) {
  for (let left = 120; left > 0; left--) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(500);
  }
  throw new Error('the demo did not become ready');
}

/** Waits for a moment with something to tell: a cluster that is not healthy. */
async function somethingToTell(url) {
  for (let left = 240; left > 0; left--) {
    const { overall_status: status } = await (await fetch(`${url}/cluster_health`)).json();
    if (status === 'degraded') return;
    await sleep(500);
  }
}

async function take(url) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: SIZE, colorScheme, deviceScaleFactor: 1 });
      await page.goto(url);
      await page.waitForSelector('html[data-alive]');
      // Bars and lines come with their answers.
      await page.waitForSelector('.card .median');
      await sleep(3000);
      await page.screenshot({ path: join(FOLDER, `status-page-${colorScheme}.png`) });
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

await main(async () => {
  mkdirSync(FOLDER, { recursive: true });
  const url = `http://127.0.0.1:${await freePort()}`;
  const args = [join('dist', 'main.js'), 'demo', `--web.listen-address=${new URL(url).host}`];
  const demo = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
  try {
    await ready(url);
    await sleep(AGE);
    await somethingToTell(url);
    await take(url);
  } finally {
    demo.kill();
  }
});
