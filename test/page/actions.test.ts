// What the page says when it may not or cannot: users of --web.config.file, a change that is refused, a monitor that is away.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PATIENCE, PageTest, shows } from './page-test.js';

const USER = { username: 'ann', password: 'secret' };
const VIEWS = ['', 'ui/silences', 'ui/haproxy', 'ui/explore'];

/** Writes the file of users. */
function allow(file: string, password: string): void {
  writeFileSync(file, `basic_auth_users: { ann: "${bcrypt.hashSync(password, 4)}" }\n`);
}

const on = new PageTest(
  () => ({}),
  ({ folder }) => {
    const file = join(folder, 'web.yml');
    allow(file, USER.password);
    return [`--web.config.file=${file}`];
  },
);

test('a user who is not known any more is asked to log in, not that the monitor were away', async () => {
  const page = await on.open('', { httpCredentials: USER });
  const file = join(on.folder, 'web.yml');
  allow(file, 'another');
  await shows(page, '.away').toMatch(
    /^The monitor asks for a user and a password again: reload the page and log in\. This is the state of \d+ s ago\.$/,
  );
  allow(file, USER.password);
  await expect.poll(() => page.locator('.away').count(), PATIENCE).toBe(0);
});

/** Silences the alert of the tools server for 15 minutes, and answers what the row says then. */
async function silence(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Silence ServiceDown of tools' }).click();
  await shows(page, '.quick').toMatch(/Covers \d alert/);
  if ((await page.getByLabel('Author').count()) > 0) await page.getByLabel('Author').fill('ann');
  await page.getByRole('button', { name: '15 min' }).click();
}

test('users of the monitor see every view and change things; without rights the page says so', async () => {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  const page = await on.open('ui/alerts', { httpCredentials: USER });
  await shows(page, '.alert .what').toMatch(/Tools Server is unhealthy/);
  for (const path of VIEWS) {
    await page.goto(`${on.monitor.url}/${path}`);
    await page.waitForSelector('html[data-alive]');
    await shows(page, 'main h1').toMatch(/./);
  }
  await page.goto(`${on.monitor.url}/ui/service/tools`);
  await page.waitForSelector('html[data-alive]');
  const checked = page.waitForResponse(each => each.url().endsWith('/services/tools/check'));
  await page.getByRole('button', { name: 'Check now' }).click();
  expect((await checked).status()).toBe(200);
  await page.goto(`${on.monitor.url}/ui/alerts`);
  await page.waitForSelector('html[data-alive]');
  // A proxy in between, or a rule of the monitor's, refuses: what it says is shown, and what was typed stays.
  const answers = [
    [
      401,
      { error: 'a user name and password are needed' },
      /a user name and password are needed: reload the page and log in\./,
    ],
    [403, { error: 'the page is read-only' }, /The silence was not made: the page is read-only/],
    [409, 'the silence has changed', /The silence was not made: the silence has changed/],
    [502, '<html>Bad gateway</html>', /The silence was not made: HTTP 502/],
  ] as const;
  let at = 0;
  await page.route('**/api/v2/silences', (route, request) => {
    const [status, body] = answers[at] ?? answers[0];
    if (request.method() !== 'POST' || at >= answers.length) return route.fallback();
    return route.fulfill({ status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  });
  await silence(page);
  for (const [, , text] of answers) {
    await shows(page, '.quick [role=alert]').toMatch(text);
    at++;
    await page.getByRole('button', { name: '15 min' }).click();
  }
  await shows(page, 'section[aria-label=Muted] .alert').toMatch(/Tools Server .*not sent: silence/s);
}, 300_000);

test('a view says that the monitor is away, and goes on when it is back', async () => {
  const pages = [];
  // The overview has a test of its own; each further page costs a busy machine seconds.
  for (const path of ['ui/alerts', 'ui/service/tools', 'ui/silences?new=1'])
    pages.push(await on.open(path, { httpCredentials: USER }));
  await on.monitor.kill();
  for (const page of pages) {
    await page.bringToFront();
    await shows(page, '.away').toMatch(/The monitor does not answer\. This is the state of/);
    await expect.poll(() => page.locator('.stale').count(), PATIENCE).toBe(1);
  }
  on.monitor = await on.start();
  for (const page of pages) {
    await expect.poll(() => page.locator('.away').count(), PATIENCE).toBe(0);
    await expect.poll(() => page.locator('.stale').count(), PATIENCE).toBe(0);
  }
}, 240_000);
