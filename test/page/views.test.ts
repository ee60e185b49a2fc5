// The page's views: each has an address that survives reload, back and a link, whatever stands before its path.

import { expect, test } from 'vitest';
import { amtool } from '../support/amtool.js';
import { barriers, LONG, LOOKS, look, overflow, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const on = new PageTest();

/** Each view and what is there once it is drawn. */
const VIEWS = [
  ['', '.alerts .row'],
  ['ui/alerts', '.alert'],
  ['ui/incidents', '.incident'],
  ['ui/silences', '.silence'],
  ['ui/silences?new=1&matcher=target%3D"tools"&start=2089-01-01T00:00Z&end=2090-01-01T00:00Z', '.silence'],
  ['ui/service/tools', '.service-view .uplot'],
  ['ui/service/none', '.empty'],
  ['ui/reports', 'svg.year'],
  ['ui/capacity', '.missing'],
  ['ui/haproxy', '.empty'],
  ['ui/node', '.uplot'],
  ['ui/targets', '.targets-view .row'],
  ['ui/explore?g0.expr=probe_duration_seconds&g0.tab=0', '.cm-content'],
] as const;

/** CSS pixels: what WCAG 1.4.10 asks for, and a desktop at 200 %. */
const NARROW = [320, 720];
/** What of a page is animated or has transitions. */
const MOVING = `[...document.querySelectorAll('*')].filter(each => {
  const { animationName, animationDuration, transitionDuration } = getComputedStyle(each);
  const lasts = durations => durations.split(',').some(each => parseFloat(each) > 0.001);
  return (animationName !== 'none' && lasts(animationDuration)) || lasts(transitionDuration);
}).map(each => each.outerHTML.slice(0, 80))`;

test('what moves is what a reader who wants no motion does not see moving', async () => {
  const page = await on.open('', { ...PHONE, reducedMotion: 'no-preference' });
  expect(await page.evaluate(`${MOVING}.length`)).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await page.evaluate(MOVING)).toEqual([]);
});

test('goes from view to view, back and forward, and asks for nothing twice', async () => {
  await on.healthy();
  const page = await on.open();
  const documents: string[] = [];
  page.on('request', request => {
    if (request.resourceType() === 'document') documents.push(request.url());
  });
  await page.getByRole('link', { name: 'Incidents', exact: true }).click();
  await shows(page, 'main h1').toBe('Incidents');
  await expect.poll(() => page.title(), PATIENCE).toBe('Healthy · Incidents · langgraph-monitor');
  expect(new URL(page.url()).pathname).toBe('/ui/incidents');
  expect(await page.getAttribute('nav.views [aria-current]', 'href')).toBe('../ui/incidents');
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('MAIN');
  await page.goBack();
  await shows(page, 'h1').toBe('Healthy All 3 services are healthy.');
  await page.goForward();
  await shows(page, 'main h1').toBe('Incidents');
  await shows(page, '.strip').toBe('Healthy All 3 services are healthy.');
  expect(documents).toEqual([]);
  await page.reload();
  await shows(page, 'main h1').toBe('Incidents');
  expect(on.trouble()).toEqual([]);
});

test('an address that is no view is 404, and so are ids where none belongs', async () => {
  const answers = await Promise.all(
    ['ui/nothing', 'ui/', 'ui/incidents/x', 'ui/%ff', 'ui/a/b/c'].map(path => on.monitor.get(`/${path}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 400, 404]);
});

test('incidents tell their course, are filtered, and have a link each', async () => {
  await on.checked();
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  const page = await on.open('ui/incidents');
  await shows(page, '.incident .what').toMatch(/^Tools Server is unhealthy - HTTP 503/);
  await page.getByRole('button', { name: 'More about ServiceDown of tools' }).click();
  await shows(page, '.course li >> nth=0').toMatch(/^\d\d:\d\d:\d\d\s+The first check failed$/);
  await page.getByRole('link', { name: 'Link to this' }).click();
  await expect.poll(() => new URL(page.url()).search).toMatch(/^\?id=./);
  await page.reload();
  await shows(page, '.incident .what').toMatch(/^Tools Server/);
  expect(await page.locator('.course').count()).toBe(1);
  await page.getByRole('link', { name: 'All of ServiceDown' }).click();
  await expect.poll(() => new URL(page.url()).search).toBe('?alertname=ServiceDown');
  await page.getByRole('button', { name: 'More about ServiceDown of tools' }).click();
  await expect.poll(() => new URL(page.url()).search).toMatch(/^\?alertname=ServiceDown&open=./);
  const csv = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
  expect(csv).toBe('../alert_history?format=csv&limit=10000&alertname=ServiceDown');
  const files = ['../incidents.atom', csv ?? ''].map(path => on.monitor.get(path.slice(2)));
  const answers = await Promise.all(files).then(all => Promise.all(all.map(each => each.text())));
  expect(answers).toEqual([
    expect.stringContaining('Tools Server'),
    expect.stringContaining('tools,ServiceDown'),
  ]);
  await page.reload();
  await shows(page, '.course').toMatch(/The alert fired/);
  await page.getByRole('button', { name: 'Less about ServiceDown of tools' }).click();
  await page.getByRole('button', { name: /^Show all rules/ }).click();
  await page.getByRole('combobox', { name: /^Service/ }).selectOption('llm');
  await shows(page, '.empty').toBe('No incident fits the filter.');
  expect(new URL(page.url()).search).toBe('?service=llm');
  await page.goBack();
  await shows(page, '.incident .what').toMatch(/^Tools Server/);
  expect(on.trouble()).toEqual([]);
});

test.each(VIEWS)(
  '%s fits a phone and a desktop and has no barriers, light and dark',
  async (path, ready) => {
    await on.servers.tools.setFault({ kind: 'status', code: 503 });
    if (path.startsWith('ui/silences'))
      await amtool(
        on.monitor.url,
        'silence',
        'add',
        `name="${LONG}"`,
        'a=~.+',
        '--author=ann',
        '--comment=upgrade',
      );
    const page = await on.open(path, PHONE);
    await page.waitForSelector(ready, { timeout: 60_000 });
    const closed = page.locator('main [aria-expanded=false]');
    for (let left = await closed.count(); left > 0; left--) await closed.first().click();
    const folded = page.locator('main details:not([open]) > summary');
    // As many as stand in an address.
    for (let left = Math.min(20, await folded.count()); left > 0; left--) await folded.first().click();
    for (const each of LOOKS) {
      await look(page, each);
      expect([path, each, await barriers(page)]).toEqual([path, each, []]);
      expect([path, await overflow(page)]).toEqual([path, 0]);
    }
    for (const width of NARROW) {
      await page.setViewportSize({ width, height: 600 });
      // Charts follow once the browser says that there is another width.
      const fits = async () => [path, width, await overflow(page)];
      await expect.poll(fits, PATIENCE).toEqual([path, width, 0]);
    }
    // The browser says that its reader wants no motion.
    expect(await page.evaluate(MOVING)).toEqual([]);
    // A page about what is not there is a 404, which browsers note.
    const trouble = on.trouble().filter(text => path !== 'ui/service/none' || !text.includes('404'));
    expect(trouble).toEqual([]);
  },
  180_000,
);
