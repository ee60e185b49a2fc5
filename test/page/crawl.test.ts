// Follows every link of every view, as a browser that is alive has them: none leads nowhere, each says where it leads.

import { expect, test } from 'vitest';
import { PATIENCE, PageTest } from './page-test.js';

const on = new PageTest();

/** Each view, with details open that hold links. */
const VIEWS = [
  ['', '.alerts .row'],
  ['ui/alerts', '.alert'],
  ['ui/incidents', '.incident'],
  ['ui/silences', '.silences h2'],
  ['ui/announcements', '.announcements .toolbar'],
  ['ui/silences?new=1', '.silence-form'],
  ['ui/service/tools', '.service-view .chart'],
  ['ui/service/none', '.empty'],
  ['ui/reports', '.reports svg.year'],
  ['ui/capacity', '.capacity .missing'],
  ['ui/haproxy', '.empty'],
  ['ui/node', '.chart'],
  ['ui/targets', '.targets-view .row'],
  ['ui/explore?g0.expr=up', '.cm-content'],
] as const;

/** All links of a page that is open: address, and the text a screen reader has of each. */
const LINKS = `[...document.querySelectorAll('a[href]')].map(({ href, ariaLabel, textContent, title }) =>
  [href, (ariaLabel || textContent || title).trim()])`;

test('every link of every view has a text and leads somewhere', async () => {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await on.sampled();
  const page = await on.open();
  const found = new Map<string, string>();
  const silent: string[] = [];
  for (const [path, ready] of VIEWS) {
    await page.goto(`${on.monitor.url}/${path}`);
    await page.waitForSelector('html[data-alive]');
    await page.waitForSelector(ready, PATIENCE);
    const more = page.locator('main').getByRole('button', { name: /^More about/ });
    if ((await more.count()) > 0) await more.first().click();
    for (const [href, text] of (await page.evaluate(LINKS)) as [string, string][]) {
      if (text === '') silent.push(`${path}: ${href}`);
      found.set(href.replace(/#.*$/, ''), path);
    }
  }
  expect(silent).toEqual([]);
  const { origin } = new URL(on.monitor.url);
  const elsewhere = [...found.keys()].filter(href => new URL(href).origin !== origin);
  expect(elsewhere).toEqual([]);
  // What the page of a service that is not configured says of itself is meant.
  const broken: unknown[] = [];
  for (const [href, view] of found) {
    const { status } = await on.monitor.get(href.slice(origin.length), {
      headers: { accept: 'text/html,*/*' },
    });
    if (status !== 200) broken.push([view, href, status]);
  }
  expect(broken).toEqual([]);
  // The navigation, the files of a report, and what an alert leads to, if one fires by now.
  expect(found.size).toBeGreaterThan(20);
}, 240_000);

test('anchors lead to what is there', async () => {
  const page = await on.open();
  for (const path of ['', 'docs', 'runbook']) {
    await page.goto(`${on.monitor.url}/${path}`);
    const missing = await page.evaluate(`[...document.querySelectorAll('a[href]')]
      .filter(({ hash, origin, pathname }) => hash !== '' && origin === location.origin && pathname === location.pathname)
      .filter(({ hash }) => document.getElementById(decodeURIComponent(hash.slice(1))) === null)
      .map(({ href }) => href)`);
    expect([path, missing]).toEqual([path, []]);
  }
});

test('on paper there is nothing to press', async () => {
  const page = await on.open();
  const left: unknown[] = [];
  for (const path of [
    '',
    'ui/alerts',
    'ui/incidents',
    'ui/silences',
    'ui/service/tools',
    'ui/node',
    'ui/targets',
    'ui/haproxy',
  ]) {
    await page.goto(`${on.monitor.url}/${path}`);
    await page.waitForSelector('html[data-alive]');
    await page.emulateMedia({ media: 'print' });
    const shown = page.locator('button, select, input, nav').filter({ visible: true });
    for (const text of await shown.allInnerTexts()) left.push([path, text]);
    await page.emulateMedia({ media: 'screen' });
  }
  expect(left).toEqual([]);
});
