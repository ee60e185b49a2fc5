// What matchers would cover, before a silence is made.

import { expect, test } from 'vitest';
import { Labels } from '../../../src/model/labels.js';
import { startMonitor } from '../monitor.js';

async function preview(...filters: string[]) {
  await using monitor = await startMonitor();
  const now = monitor.clock.now();
  const alert = (target: string, alertname = 'ServiceDown') => ({
    labels: Labels.of({ alertname, target, severity: 'critical' }),
    annotations: {},
    startsAt: now,
    endsAt: now + 600_000,
    generatorUrl: '',
  });
  monitor.alerting.hear([alert('tools'), alert('tools', 'Other'), alert('redis')], now);
  const query = new URLSearchParams(filters.map((each): [string, string] => ['filter', each]));
  const answer = await fetch(`${monitor.url}/api/v2/silences/preview?${query}`);
  const body = (await answer.json()) as { alerts: { labels: Record<string, string> }[]; services: string[] };
  if (answer.status !== 200) return body;
  const names = body.alerts.map(({ labels }) => `${labels.alertname} ${labels.target}`).sort();
  return [names, body.services.sort()];
}

test.each<[name: string, filters: string[], want: unknown]>([
  ['one service', ['target="tools"'], [['Other tools', 'ServiceDown tools'], ['tools']]],
  ['one of its alerts', ['target="tools"', 'alertname="Other"'], [['Other tools'], []]],
  ['several services', ['target=~"redis|haproxy"'], [['ServiceDown redis'], ['haproxy', 'redis']]],
  ['nothing', ['target="nix"'], [[], []]],
  ['no matchers', [], 'name at least one matcher: filter=target="tools"'],
  ['a wrong matcher', ['target'], expect.stringMatching(/target/)],
])('%s', async (_, filters, want) => {
  expect(await preview(...filters)).toEqual(want);
});
