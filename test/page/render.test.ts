// The page as the server draws it, from the built module.

import { expect, test } from 'vitest';
import { DIST } from '../support/monitor.js';

/** Nothing else is to be done here. */
const turn = async () => undefined;
const EVIL = `</script><img src=x onerror="alert(1)">'&`;
const { render } = (await import(new URL('page/server.js', DIST).href)) as {
  render(state: unknown, assets: typeof ASSETS, turn: () => Promise<void>): Promise<string>;
};
const ASSETS = { script: 'script-1.js', style: 'style-1.css', theme: 'theme-1.js', preload: ['shared-1.js'] };

function stateOf(over: Record<string, unknown> = {}, services: Record<string, unknown> = {}) {
  return {
    title: 'langgraph-monitor',
    readOnly: false,
    announcements: [],
    maintenance: [],
    version: '1.2.3',
    node: 'worker',
    utcOffset: 60,
    path: '',
    query: '',
    health: {
      timestamp: '2024-01-15T10:30:45.123456',
      overall_status: 'healthy',
      services,
      cluster_stats: { local_node: {}, total_services: 0, monitoring_uptime: 1 },
      alerts: [],
    },
    alerts: { details: [], muted: [] },
    ...over,
  };
}

const tools = {
  name: 'Tools',
  critical: true,
  health: {
    status: 'healthy',
    response_time: 0.2449,
    since: '2024-01-15T10:26:45',
    data: { long: 'x', model: 'm1' },
  },
};

test('a healthy cluster is one sentence, in the title and the icon, too', async () => {
  const text = await render(stateOf({}, { tools }), ASSETS, turn);
  expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(text).toContain('<title>Healthy · langgraph-monitor</title>');
  expect(text).toContain('The service is healthy.');
  expect(text).toContain('10:26');
  expect(text).toContain('0.24 s');
  expect(text).not.toContain('What is wrong now');
});

test('the address decides what is drawn', async () => {
  const other = { ...tools, name: 'Other' };
  const cards = async (query: string) =>
    [
      ...(await render(stateOf({ query }, { tools, other }), ASSETS, turn)).matchAll(/<h3 title="(\w+)"/g),
    ].map(([, id]) => id);
  expect([await cards(''), await cards('q=other'), await cards('state=error')]).toEqual([
    ['other', 'tools'],
    ['other'],
    [],
  ]);
});

test('bodies of services are not sent with the page, but for what it shows', async () => {
  const text = await render(stateOf({}, { tools }), ASSETS, turn);
  expect(text).toContain('"data":{"model":"m1"}');
  expect(text).not.toContain('"long"');
});

test('no text from outside becomes markup, in any field', async () => {
  const health = { status: 'error', error: EVIL, since: EVIL, last_check: EVIL, data: { models: [EVIL] } };
  const alert = { severity: EVIL, service: 'evil', message: EVIL, timestamp: EVIL, alertname: EVIL };
  const muted = [{ service: EVIL, severity: EVIL, message: EVIL, muted_by: [EVIL] }];
  const state = stateOf(
    {
      title: EVIL,
      version: EVIL,
      node: EVIL,
      query: `q=${EVIL}`,
      alerts: { details: [{ ...alert, runbook_url: 'javascript:alert(1)' }], muted },
    },
    { [EVIL]: { name: EVIL, critical: true, health }, evil: { name: EVIL, critical: false, health } },
  );
  const text = await render(state, ASSETS, turn);
  expect(text).not.toMatch(/<img|onerror="|href="javascript/);
  expect(text).not.toMatch(/\sstyle="|\son[a-z]+="/);
  expect(text.match(/<script/g)).toHaveLength(3);
  // What the browser goes on with is the same.
  const [, embedded = ''] = /id="page-state">([^<]*)<\/script>/.exec(text) ?? [];
  expect(JSON.parse(embedded)).toMatchObject({ title: EVIL, node: EVIL });
});

test('a thousand services are a page of cards and a count', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`s${i}`, { ...tools, name: `S ${i}` }]),
  );
  let turns = 0;
  const text = await render(stateOf({}, many), ASSETS, async () => {
    turns += 1;
  });
  expect(text).toContain('1000 healthy');
  expect(text.match(/class="card"/g)?.length ?? 0).toBeLessThan(10);
  // The table without JavaScript has them all; it is drawn by pieces.
  expect(text.match(/<tr><td>/g)).toHaveLength(1000);
  expect(turns).toBeGreaterThanOrEqual(20);
});
