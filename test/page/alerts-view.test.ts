// The view of alerts in Debian's Chromium: the real program, its own notifications to a server of the test's.

import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { amtool } from '../support/amtool.js';
import { PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const EVIL = `<img src=x onerror="document.title='evil'"></script>'"&`;

/** Takes what receivers send; it answers a path below /refuse with 500. */
let hook: Server;
const received: string[] = [];
beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      received.push(`${request.url} ${body}`);
      response.writeHead(request.url?.startsWith('/refuse') ? 500 : 200).end('hook says so');
    });
  });
  await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve));
});
afterAll(() => hook.close());

const urlOf = (path: string) => `http://127.0.0.1:${(hook.address() as AddressInfo).port}${path}`;
const receiver = (name: string, path: string) => ({ name, webhook_configs: [{ url: urlOf(path) }] });
const on = new PageTest(({ folder }) => {
  const file = join(folder, 'alertmanager.yml');
  const timing = { group_wait: '1s', group_interval: '1s', repeat_interval: '1h' };
  const receivers = [receiver('ops', '/ops'), receiver('broken', '/refuse')];
  const route = { receiver: 'ops', group_by: ['alertname'], ...timing };
  writeFileSync(file, JSON.stringify({ route, receivers }));
  return { alerting: { config_file: file } };
});

test('shows what fires, why, who was notified and what comes next', async () => {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  const page = await on.open('ui/alerts');
  await shows(page, '.alert-group h3').toMatch(/^To ops\s+alertname="ServiceDown"/);
  await shows(page, '.alert .what').toMatch(
    /Tools Server is unhealthy - HTTP 503\s+ServiceDown · (?:level2: )?webhook to ops/,
  );
  await shows(page, '.alert .what').toMatch(/level2: webhook to ops in \d+ min(?: \d+ s)? unless it ends/);
  await shows(page, 'section[aria-label=Muted] .alert').toMatch(/Search.*not sent: depends on Tools Server/s);
  await page.getByRole('button', { name: 'More about ServiceDown of tools' }).click();
  await shows(page, '.about').toMatch(/target="tools"/);
  await shows(page, '.about').toMatch(/Value\s+\d/);
  await shows(page, '.about .expression').toContain('langgraph_monitor_service_up');
  await shows(page, '.about').toMatch(/Sent\s+\d\d:\d\d webhook to ops/);
  await shows(page, '.about').toMatch(/Next\s.*level2: webhook to ops in .*webhook to ops, again in/s);
  await shows(page, '.about').toMatch(/Fires when \(?langgraph_monitor_service_up is 0, .*\./);
  await shows(page, '.about .helps').toMatch(/langgraph_monitor_service_up: \w/);
  const link = (name: string) => page.locator('.row.alert').first().getByRole('link', { name, exact: true });
  expect(await link('Service').getAttribute('href')).toBe('../ui/service/tools');
  expect(await link('Tools Server').getAttribute('href')).toBe('../ui/service/tools');
  expect(await link('Incident').getAttribute('href')).toMatch(/^\.\.\/ui\/incidents\?id=./);
  await link('Graph').click();
  await shows(page, 'main h1').toBe('Explore');
  await shows(page, '.cm-content').toMatch(/langgraph_monitor_service_up == 0/);
  await page.goBack();
  await shows(page, '.about').toMatch(/Fires when/);
  await page.getByRole('combobox', { name: /^Groups/ }).selectOption('service');
  await page.getByRole('searchbox').fill('search');
  await expect.poll(() => new URL(page.url()).search).toMatch(/^\?q=search&group=service&open=\w+$/);
  await shows(page, '.empty').toBe('No alert that fires fits the filter.');
  await page.reload();
  await shows(page, 'section[aria-label=Muted] .alert').toMatch(/Search/);
  expect(on.trouble()).toEqual([]);
});

test('an alert is silenced in two taps, from the list and from the overview', async () => {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  const page = await on.open('', PHONE);
  await page.evaluate(`localStorage.setItem('langgraph-monitor.author', 'ann')`);
  await shows(page, '.alerts .row').toMatch(/Next: (?:level2: )?webhook to ops/);
  await page.getByRole('button', { name: 'Silence ServiceDown of tools' }).click();
  await shows(page, '.quick .labels').toMatch(/^alertname="ServiceDown"\s+target="tools"$/);
  await shows(page, '.quick').toMatch(/Covers 1 alert now\./);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.quick').count()).toBe(0);
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Silence');
  await page.keyboard.press('Enter');
  await shows(page, '.quick .labels').toMatch(/ServiceDown/);
  await page.getByRole('button', { name: '15 min' }).click();
  await shows(page, '.muted-list summary').toMatch(/2 alerts not sent/);
  const { stdout } = await amtool(on.monitor.url, 'silence', 'query', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject([
    {
      createdBy: 'ann',
      comment: expect.stringMatching(/^Seen: Tools Server is unhealthy/),
      matchers: [
        { name: 'alertname', value: 'ServiceDown' },
        { name: 'target', value: 'tools' },
      ],
    },
  ]);
  const later = await on.open('ui/alerts', PHONE);
  await shows(later, 'section[aria-label=Muted]').toMatch(/Tools Server .*not sent: silence/s);
  expect(on.trouble()).toEqual([]);
});

test('asks who silences where no author is remembered, and shows what was refused', async () => {
  await on.undo();
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  const page = await on.open('ui/alerts');
  await page.getByRole('button', { name: 'Silence ServiceDown of tools' }).click();
  await shows(page, '.quick .labels').toMatch(/ServiceDown/);
  await page.getByRole('button', { name: 'Until …' }).click();
  await page.getByRole('button', { name: 'Silence until then' }).click();
  await shows(page, '.quick').toMatch(/Choose when it ends\..*Say who makes it\./s);
  await page.getByLabel('Author').fill('ann');
  await page.getByLabel('Ends at').fill('2089-01-01T10:30');
  await on.monitor.kill();
  await page.getByRole('button', { name: 'Silence until then' }).click();
  await shows(page, '.quick [role=alert]').toMatch(/^The silence was not made: The monitor does not answer/);
  on.monitor = await on.start();
});

test('a test notification goes to the receiver that is chosen, and its answer is shown', async () => {
  received.length = 0;
  const page = await on.open('ui/alerts');
  await page.getByRole('button', { name: 'Does it reach me?' }).click();
  await page.getByRole('button', { name: 'Send a test to ops' }).click();
  await shows(page, '.receiver:has-text("ops") .result').toMatch(
    /sent webhook to ops at http:\/\/127\.0\.0\.1/,
  );
  expect(received.filter(each => each.startsWith('/ops')).length).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Send a test to broken' }).click();
  await shows(page, '.receiver:has-text("broken") .result').toMatch(
    /failed webhook to broken.*hook says so/s,
  );
  await page.getByRole('button', { name: 'Send a test to broken' }).click();
  await shows(page, '.receiver:has-text("broken") .result').toMatch(/Not tested: .*a moment ago/);
});

test('texts of alerts stay texts', async () => {
  const labels = { alertname: EVIL, severity: EVIL, target: 'x' };
  const annotations = { description: EVIL, runbook_url: 'javascript:alert(1)' };
  const { status } = await fetch(`${on.monitor.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, annotations }]),
  });
  expect(status).toBe(200);
  const page = await on.open('ui/alerts?q=target%3D"x"');
  await shows(page, '.alert .what').toContain(EVIL);
  await page.getByRole('button', { name: /^More about </ }).click();
  await page.getByRole('button', { name: /^Silence </ }).click();
  await shows(page, '.quick .labels').toContain(EVIL.replaceAll('"', '\\"'));
  await expect.poll(() => page.locator('.about dd').count(), PATIENCE).toBeGreaterThan(2);
  expect(await page.locator('main img, a[href^=javascript]').count()).toBe(0);
  expect(await page.title()).not.toBe('evil');
  expect(on.trouble()).toEqual([]);
});
