// Pages that are open while the program is replaced: nothing is missing before the monitor is restarted, and afterwards they
// load themselves again when that loses nothing.

import { cpSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST } from '../support/monitor.js';
import { PATIENCE, PageTest, shows } from './page-test.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let copy: string;
beforeAll(() => {
  copy = makeFolder('program');
  cpSync(DIST, join(copy, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  for (const name of ['node_modules', 'rules', 'alertmanager.yml'])
    symlinkSync(join(ROOT, name), join(copy, name));
  on.dist = pathToFileURL(join(copy, 'dist/'));
});
afterAll(() => removeFolder(copy));

const on = new PageTest();

/** Puts another build of the page in place: all its assets have other names. */
function build(): void {
  const folder = join(copy, 'dist/page');
  const assets = join(folder, 'assets');
  const names = readdirSync(assets).filter(name => /\.(js|css)$/.test(name));
  const renamed = (text: string) => names.reduce((all, name) => all.replaceAll(name, `n${name}`), text);
  for (const name of names) {
    const text = renamed(readFileSync(join(assets, name), 'utf8'));
    renameSync(join(assets, name), join(assets, `n${name}`));
    writeFileSync(join(assets, `n${name}`), text);
    writeFileSync(join(assets, `n${name}.gz`), gzipSync(text));
    for (const ending of ['.gz', '.br']) rmSync(join(assets, `${name}${ending}`), { force: true });
  }
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, renamed(readFileSync(manifest, 'utf8')));
}

async function replace(): Promise<void> {
  await on.monitor.stop();
  on.monitor = await on.start();
}

const script = (page: Page) =>
  page.evaluate<string>("document.querySelector('script[type=module]').src.split('/').pop()");

/** The documents that are loaded from here on. */
function documents(page: Page): string[] {
  const loaded: string[] = [];
  page.on('request', request => {
    if (request.resourceType() === 'document') loaded.push(request.url());
  });
  return loaded;
}

/** Waits until the page has asked twice whether the monitor answers. */
async function checkedTwice(page: Page): Promise<void> {
  for (let i = 0; i < 2; i++) await page.waitForResponse(/-\/healthy$/);
}

test('a build in place of the one that runs takes nothing from it; the monitor that is restarted has its page load again', async () => {
  const page = await on.open();
  const loaded = documents(page);
  const before = await script(page);
  build();
  await page.getByRole('link', { name: 'Silences' }).click();
  await shows(page, 'h1').toBe('Silences');
  const fresh = await on.open('ui/alerts');
  expect([await script(fresh), loaded]).toEqual([before, []]);
  await fresh.close();
  await replace();
  await expect.poll(() => script(page).catch(() => before), PATIENCE).toBe(`n${before}`);
  await page.waitForSelector('html[data-alive]');
  await checkedTwice(page);
  expect(loaded).toEqual([`${on.monitor.url}/ui/silences`]);
});

test('a form that is open is not lost: the page waits for its end', async () => {
  const page = await on.open('ui/silences?new=1&comment=c');
  const loaded = documents(page);
  const before = await script(page);
  await page.getByLabel('Author').fill('ann');
  build();
  await replace();
  await shows(page, '.newer').toMatch(/^The monitor was replaced.* Reload$/);
  expect([await page.getByLabel('Author').inputValue(), loaded]).toEqual(['ann', []]);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => script(page).catch(() => before), PATIENCE).toBe(`n${before}`);
  expect(loaded).toHaveLength(1);
});

test('a chunk that cannot be had leads to one more load', async () => {
  const page = await on.blank();
  const loaded = documents(page);
  await page.route('**/ui/assets/*alerts-*', route => route.fulfill({ status: 404 }));
  await page.goto(`${on.monitor.url}/ui/alerts`);
  await expect.poll(() => loaded.length, PATIENCE).toBe(2);
  await page.waitForLoadState('networkidle');
  expect(loaded).toHaveLength(2);
  expect(await page.innerText('h1')).toBe('Alerts');
});

test('a chunk that is asked for while the monitor is away comes when it is back', async () => {
  const page = await on.open();
  await on.monitor.kill();
  await page.getByRole('link', { name: 'Incidents', exact: true }).click();
  await shows(page, '.away').toMatch(/^The monitor does not answer/);
  on.monitor = await on.start();
  await shows(page, 'h1').toBe('Incidents');
});
