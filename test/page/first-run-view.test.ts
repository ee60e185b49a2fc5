// A monitor that was just installed in Debian's Chromium: what it says to do next.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SERVICES } from '../../src/page/first-run.js';
import { freePort } from '../support/child.js';
import { writeConfiguration } from '../support/monitor.js';
import { barriers, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const url = `http://127.0.0.1:${await freePort()}/health`;
const scan = { intervals: { critical: '500ms', other: '500ms' } };
const query = { scrape_interval: '1s' };
/** Nothing listens there. */
const services = { tools: { name: 'Tools', url, critical: true } };
const on = new PageTest(() => ({ services, endpoints: {} }));

test('where no service answers the page gives lines to paste, and says why a reload was refused', async () => {
  const page = await on.open('', { ...PHONE, permissions: ['clipboard-read', 'clipboard-write'] });
  await shows(page, '.guide h2').toMatch(/No service answers$/);
  await shows(page, '.guide').toContain('(Connection refused)');
  await page.getByRole('button', { name: 'Copy' }).nth(1).click();
  await shows(page, '.copied button >> nth=1').toBe('Copied');
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(SERVICES);
  expect(await barriers(page)).toEqual([]);
  writeFileSync(on.monitor.configFile, `${SERVICES}nonsense: "<b>"\n`);
  on.monitor.signal('SIGHUP');
  await shows(page, '.guide h2 >> nth=0').toMatch(/The configuration was not reloaded$/);
  await shows(page, '.guide .lines >> nth=0').toMatch(/monitor\.yml: unknown key "nonsense"/);
  expect(await barriers(page)).toEqual([]);
  const right = { llm: on.service('llm', { name: 'Model', critical: true }) };
  writeConfiguration(on.folder, { node: 'wall', scan, query, services: right, endpoints: {} });
  on.monitor.signal('SIGHUP');
  await expect.poll(() => page.locator('.guide').count(), PATIENCE).toBe(0);
  await shows(page, 'h1').toBe('Healthy The service is healthy.');
  expect(on.trouble()).toEqual([]);
});
