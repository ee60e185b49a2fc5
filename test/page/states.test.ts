// The page before the first check, without any history, and right after a restart.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { OK } from '../../src/demo/fault.js';
import { barriers, PATIENCE, PageTest, shows } from './page-test.js';

const on = new PageTest(configuration, undefined, false);

function configuration(test: PageTest): object {
  const file = join(test.folder, 'alertmanager.yml');
  const webhook_configs = [{ url: `${test.servers.llm.url}/hook` }];
  const route = { receiver: 'ops', group_by: ['alertname'], group_wait: '1s', group_interval: '1s' };
  writeFileSync(file, JSON.stringify({ route, receivers: [{ name: 'ops', webhook_configs }] }));
  return {
    alerting: { config_file: file },
    services: {
      tools: test.service('tools', { name: 'Tools Server', critical: true, timeout: '150s' }),
    },
  };
}

/** Starts the monitor without a stored state while the server does not answer: no check is done yet. */
async function startUnknown(): Promise<void> {
  await on.monitor.kill();
  await on.servers.tools.setFault({ kind: 'hang' });
  rmSync(join(on.folder, 'data'), { recursive: true });
  on.monitor = await on.start();
}

interface Answer {
  readonly details: readonly {
    readonly told?: readonly { readonly at: string; readonly receiver: string }[];
    readonly next?: readonly { readonly at?: string; readonly what: string }[];
  }[];
}

/** Notifications of the only alert, and the time of its escalation. */
async function forecast() {
  const { details } = await on.monitor.json<Answer>('/alerts?detail=true');
  const [alert] = details;
  return {
    told: alert?.told?.map(({ at, receiver }) => `${at} ${receiver}`) ?? [],
    escalates: Date.parse(alert?.next?.find(({ what }) => what === 'escalation')?.at ?? ''),
  };
}

test('before the first check every state is unknown, and every view has a placeholder', async () => {
  await startUnknown();
  const page = await on.open();
  await shows(page, 'h1').toMatch(/^Unknown/);
  await expect.poll(() => page.title(), PATIENCE).toMatch(/^Unknown/);
  await shows(page, '.chips').toMatch(/unknown\s+1/);
  await shows(page, '.card').toMatch(/Tools Server/);
  expect(await page.locator('.card .shape.unknown').count()).toBeGreaterThan(0);
  expect(await barriers(page)).toEqual([]);
  const views: [path: string, text: RegExp][] = [
    ['', /No incidents yet\. Each alert appears here when it fires/],
    ['ui/alerts', /No alert fires\. Each appears here when it does/],
    ['ui/incidents', /No incidents yet\. Each alert appears here when it fires/],
    ['ui/silences', /No silence is active: every alert is sent.*No silence is planned/s],
    ['ui/service/tools', /Unknown.*Nothing was measured in this time\. The first checks appear/s],
    ['ui/haproxy', /No statistics of an HAProxy are known/],
    ['ui/explore?g0.expr=langgraph_monitor_service_up', /Empty|No series|no data/i],
  ];
  for (const [path, text] of views) await says(page, path, text);
  expect(on.trouble()).toEqual([]);
});

async function says(page: Page, path: string, text: RegExp): Promise<void> {
  await page.goto(`${on.monitor.url}/${path}`);
  await page.waitForSelector('html[data-alive]');
  await shows(page, 'main').toMatch(text);
}

test('next and sent notifications are the same after a restart', async () => {
  await on.servers.tools.setFault({ kind: 'status', code: 503 });
  await expect.poll(async () => (await forecast()).told.length, PATIENCE).toBe(1);
  await expect.poll(async () => (await forecast()).escalates, PATIENCE).toBeGreaterThan(0);
  const before = await forecast();
  const page = await on.open('ui/alerts');
  await shows(page, '.alert .what').toMatch(/level2: webhook to ops in \d+ min/);
  await on.monitor.stop();
  on.monitor = await on.start();
  await expect.poll(async () => (await forecast()).escalates, PATIENCE).toBeGreaterThan(0);
  const after = await forecast();
  expect(after.told).toEqual(before.told);
  // Rules are evaluated every few seconds, counted from the start.
  expect(Math.abs(after.escalates - before.escalates)).toBeLessThan(60_000);
  await expect.poll(() => page.locator('.away').count(), PATIENCE).toBe(0);
  await shows(page, '.alert .what').toMatch(/level2: webhook to ops in \d+ min.* unless it ends/);
  await page.getByRole('button', { name: 'More about ServiceDown of tools' }).click();
  await shows(page, '.about').toMatch(/Sent\s+\d\d:\d\d webhook to ops\s+Next\s.*level2/s);
  await on.servers.tools.setFault(OK);
  await shows(page, 'main .empty').toMatch(/^No alert fires/);
});
