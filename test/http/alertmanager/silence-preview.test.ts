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
  monitor.alerting.ingest([alert('tools'), alert('tools', 'Other'), alert('redis')], now);
  const query = new URLSearchParams(filters.map((each): [string, string] => ['filter', each]));
  const answer = await fetch(`${monitor.url}/api/v2/silences/preview?${query}`);
  if (answer.status !== 200) return answer.json();
  const { alerts, services, about, only, left_out } = (await answer.json()) as Body;
  const names = (of: Body['alerts']) => of.map(({ labels }) => `${labels.alertname} ${labels.target}`).sort();
  return {
    alerts: names(alerts),
    services: services.sort(),
    about: about.sort(),
    only,
    left: names(left_out),
  };
}

interface Body extends Record<'services' | 'about' | 'only', string[]> {
  readonly alerts: { readonly labels: Record<string, string> }[];
  readonly left_out: Body['alerts'];
}

const ALL = await (async () => {
  await using monitor = await startMonitor();
  const answer = await fetch(`${monitor.url}/cluster_health`);
  return Object.keys(((await answer.json()) as { services: object }).services).sort();
})();
const NONE = { alerts: [], services: [], about: [], only: [], left: [] };
const down = (target: string) => `ServiceDown ${target}`;

test.each<[name: string, filters: string[], want: unknown]>([
  [
    'one service',
    ['target="tools"'],
    { ...NONE, alerts: ['Other tools', down('tools')], services: ['tools'], about: ['tools'] },
  ],
  [
    'one of its alerts',
    ['target="tools"', 'alertname="Other"'],
    {
      ...NONE,
      alerts: ['Other tools'],
      about: ['tools'],
      only: ['alertname="Other"'],
      left: [down('tools')],
    },
  ],
  [
    'several services',
    ['target=~"redis|haproxy"'],
    { ...NONE, alerts: [down('redis')], services: ['haproxy', 'redis'], about: ['haproxy', 'redis'] },
  ],
  [
    'a rule of all services',
    ['alertname="Other"'],
    { ...NONE, alerts: ['Other tools'], about: ALL, only: ['alertname="Other"'] },
  ],
  [
    'what a service alert has not',
    ['target="redis"', 'escalation=""', 'severity!="info"'],
    {
      alerts: [down('redis')],
      services: ['redis'],
      about: ['redis'],
      only: ['escalation=""', 'severity!="info"'],
      left: [],
    },
  ],
  ['nothing', ['target="nix"'], NONE],
  ['no matchers', [], 'name at least one matcher: filter=target="tools"'],
  ['a wrong matcher', ['target'], expect.stringMatching(/target/)],
])('%s', async (_, filters, want) => {
  expect(await preview(...filters)).toEqual(want);
});
