import { expect, test } from 'vitest';
import { viewOfDashboard } from '../../../src/http/page/view-of-dashboard.js';
import { startMonitor } from '../monitor.js';

const ALL = ['ui/service/tools', 'ui/service/a.b', 'ui/haproxy', 'ui/node', 'ui/alerts', 'ui/targets'];

test.each<[name: string, link: string, views: readonly string[], want: string | undefined]>([
  ['a service', 'langgraph-service?var-service=tools', ALL, 'ui/service/tools'],
  ['Redis', 'langgraph-redis?var-redis=tools', ALL, 'ui/service/tools'],
  ['HAProxy', 'langgraph-haproxy?var-haproxy=tools', ALL, 'ui/haproxy'],
  [
    'HAProxy without a view of its own',
    'langgraph-haproxy?var-haproxy=tools',
    ALL.slice(0, 2),
    'ui/service/tools',
  ],
  ['the node', 'langgraph-host?var-node=n', ALL, 'ui/node'],
  ['scraped nodes', 'langgraph-nodes?var-machine=n:9100', ALL, 'ui/targets'],
  ['the monitor', 'langgraph-monitor?var-instance=x', ALL, 'ui/alerts'],
  ['a service that is not there', 'langgraph-service?var-service=gone', ALL, undefined],
  ['no service', 'langgraph-service', ALL, undefined],
  ['another path', 'langgraph-service?var-service=../metrics', ALL, undefined],
  ['another dashboard', 'mine', ALL, undefined],
  ["an object's property", 'toString', ALL, undefined],
  ['a page without the view', 'langgraph-service?var-service=tools', [], undefined],
])('%s', (_, link, views, want) => {
  expect(
    viewOfDashboard(
      link,
      path => views.includes(path),
      id => ['tools', 'a.b'].includes(id),
    ),
  ).toBe(want);
});

test('a link to a dashboard that has no view leads to what the monitor has', async () => {
  await using monitor = await startMonitor();
  const response = await fetch(`${monitor.url}/dashboards?uid=mine`, { redirect: 'manual' });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('no Grafana is configured');
});
