// What `page:` and `group:` of monitor.yml make of the page, in a browser.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { barriers, LONG, LOOKS, look, overflow, PATIENCE, PageTest, shows } from './page-test.js';

const EVIL = `<img src=x onerror="alert(1)"></script><script>alert(2)</script>'"&`;
const GROUP = '<b onclick="x">Models&amp;';
const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

let wide: SimulatedServer;
beforeAll(async () => {
  wide = await startServer({ answer: () => json({ status: 'healthy', models: ['m'.repeat(300)] }) });
});
afterAll(() => wide.close());

const over = (test: PageTest) => ({
  page: {
    title: `Lab ${EVIL}`,
    description: `What runs ${EVIL}`,
    hide: ['secret'],
    announcements: [
      { title: `Bad ${EVIL}`, message: `${LONG}\n${EVIL}`, severity: 'critical', ends_at: at(2) },
      { title: 'Later', message: 'm', starts_at: at(1), ends_at: at(2) },
    ],
  },
  services: {
    llm: test.service('llm', { name: LONG, critical: true, group: GROUP }),
    tools: test.service('tools', { name: 'Tools Server', critical: true }),
    wide: {
      name: 'خدمة النماذج '.repeat(20).trim(),
      group: GROUP,
      url: `${wide.url}/health`,
      critical: true,
    },
    secret: test.service('tools', { name: 'Not shown', critical: true, group: 'Models' }),
  },
});

describe('the page as it is configured', () => {
  const test_ = new PageTest(over);

  test('has title, groups, announcements, and nothing of a hidden service; whatever their texts are', async () => {
    const page = await test_.open();
    await test_.checked();
    await shows(page, '.brand').toBe(`Lab ${EVIL}`);
    await expect.poll(() => page.title(), PATIENCE).toContain(`Lab ${EVIL}`);
    expect(await page.getAttribute('meta[name="description"]', 'content')).toBe(`What runs ${EVIL}`);
    expect(await page.innerText('.description')).toBe(`What runs ${EVIL}`);
    const groups = await page.locator('.services h2').allInnerTexts();
    expect(groups.map(each => each.replace(/\s*\d+$/, ''))).toEqual([GROUP, 'Critical']);
    const notices = await page.locator('.notice-card h3').allInnerTexts();
    expect(notices).toEqual([`critical Bad ${EVIL}`, 'planned, info Later']);
    expect(await page.innerText('.notice-card .notice-text >> nth=0')).toBe(`${LONG}\n${EVIL}`);
    await shows(page, '#state').toContain('All 3 services are healthy.');
    expect(await page.content()).not.toContain('Not shown');
    expect(test_.trouble()).toEqual([]);
  });

  test('leaves a hidden service out when it fails, and says why the cluster is not healthy', async () => {
    const page = await test_.open();
    await test_.checked();
    await test_.servers.tools.close();
    const alerts = async () => (await test_.monitor.json<{ alerts: string[] }>('/alerts')).alerts.join();
    await expect.poll(alerts, PATIENCE).toContain('Not shown');
    await shows(page, '.alerts').toContain('Tools Server');
    const text = await page.innerText('body');
    expect(text).not.toContain('Not shown');
    expect(await page.content()).not.toContain('Not shown');
  });

  test('shows what is posted and planned meanwhile', async () => {
    const page = await test_.open();
    const headers = { 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      test_.monitor.get(path, { method: 'POST', headers, body: JSON.stringify(body) });
    await post('/announcements', { title: 'Posted', message: EVIL, severity: 'warning' });
    await post('/api/v2/silences', {
      matchers: [{ name: 'target', value: 'tools', isRegex: false }],
      ...{ startsAt: at(1), endsAt: at(2), createdBy: EVIL, comment: `maintenance: ${EVIL}` },
    });
    await page.reload();
    await shows(page, '.news').toContain('Posted');
    await shows(page, '.news').toContain('planned maintenance Tools Server');
    await shows(page, '.news').toContain(`maintenance: ${EVIL}`);
  });

  test('what is long fits, whatever its script', async () => {
    const page = await test_.open('ui/service/wide');
    await shows(page, '.service-head').toContain('mmm');
    expect(await overflow(page)).toBe(0);
    await page.setViewportSize({ width: 320, height: 256 });
    expect(await overflow(page)).toBe(0);
    expect(
      await page.evaluate("document.querySelector('.theme').getBoundingClientRect().right"),
    ).toBeLessThan(305);
  });

  test('has no barriers and fits a phone, light and dark', async () => {
    const page = await test_.open();
    await page.waitForSelector('.notice-card');
    for (const each of LOOKS) {
      await look(page, each);
      expect([each, await barriers(page)]).toEqual([each, []]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
  });
});

describe('a page for the public', () => {
  const test_ = new PageTest(test => {
    const { page, ...rest } = over(test);
    return { ...rest, page: { ...page, read_only: true } };
  });

  test('asks nothing but what is for the public, and stays alive', async () => {
    // Uptimes are asked for with the page, and again after minutes.
    await test_.sampled();
    const page = await test_.open();
    const asked: string[] = [];
    page.on('request', request => asked.push(new URL(request.url()).pathname));
    await test_.checked();
    await shows(page, '#state').toContain('All 3 services are healthy.');
    await expect.poll(() => page.locator('.card .uptime').first().innerText(), PATIENCE).toContain('100 %');
    await test_.servers.tools.close();
    await shows(page, '.alerts').toContain('Service down');
    await shows(page, '.incidents').toContain('Tools Server');
    await page.click('.views >> text=Incidents');
    await shows(page, '.all-incidents').toContain('Tools Server');
    expect(asked.filter(path => !path.startsWith('/ui/'))).toEqual([]);
    expect(await page.locator('.away').count()).toBe(0);
    expect(await page.locator('.views a').allInnerTexts()).toEqual(['Overview', 'Incidents', 'HAProxy']);
    const text = await page.innerText('body');
    for (const each of ['127.0.0.1', 'wall', 'Not shown', 'Silence', 'Runbook', 'API'])
      expect(text).not.toContain(each);
    expect(test_.trouble()).toEqual([]);
    expect(await barriers(page)).toEqual([]);
  });
});
