// What an incident says when it is over: how it was noticed, and what was sent with it; and the way from view to view.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LONG, PATIENCE, PageTest, PHONE, shows } from './page-test.js';

const on = new PageTest(({ folder }) => {
  const file = join(folder, 'alertmanager.yml');
  // Long enough for two services that fail at once to be found so, on a busy machine too.
  const route = { receiver: 'log', group_wait: '5s', group_interval: '1s' };
  writeFileSync(file, JSON.stringify({ route, receivers: [{ name: 'log' }] }));
  return { alerting: { config_file: file } };
});

interface History {
  readonly alert_history: readonly { readonly id: string; readonly service: string }[];
}

test('an incident that is over says how it was noticed and leads to what was sent with it', async () => {
  await on.checked();
  await Promise.all(Object.values(on.servers).map(each => each.setFault({ kind: 'status', code: 503 })));
  const history = (query: string) => on.monitor.json<History>(`/alert_history?alertname=ServiceDown${query}`);
  const idOf = async (name: string) =>
    (await history('')).alert_history.find(({ service }) => service === name)?.id ?? '';
  await expect.poll(() => idOf('llm'), PATIENCE).not.toBe('');
  await expect.poll(() => idOf('tools'), PATIENCE).not.toBe('');
  const id = await idOf('tools');
  const related = async () => (await history(`&sent_with=${id}`)).alert_history.map(({ service }) => service);
  await expect.poll(related, PATIENCE).toContain('llm');
  await on.healthy();
  const page = await on.open(`ui/incidents?id=${id}`);
  await shows(page, '.course').toMatch(
    /The first check failed\s+\d\d:\d\d:\d\d\s+The alert fired.*Sent to log \(log\).*The alert ended/s,
  );
  // Search depends on Tools Server: its alert begins when it is looked at before Tools Server, or recovers after it.
  await shows(page, '.related').toMatch(/^Sent together with\s.*ServiceDown Rechts.*\sended$/s);
  const other = page.locator('.related li', { hasText: LONG });
  await other.getByRole('link', { name: 'ServiceDown' }).click();
  await shows(page, '.incident .what').toContain(LONG);
  await shows(page, '.related').toMatch(/ServiceDown Tools Server/);
  expect(on.trouble()).toEqual([]);
});

test('on a phone the navigation shows the view one is in', async () => {
  const page = await on.open('ui/explore', PHONE);
  const isSeen = `(({ left, right }) => left >= 0 && right <= innerWidth)(
    document.querySelector('.views [aria-current]').getBoundingClientRect())`;
  await expect.poll(() => page.evaluate(isSeen), PATIENCE).toBe(true);
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect.poll(() => page.evaluate(isSeen), PATIENCE).toBe(true);
});
