import { describe, expect, test } from 'vitest';
import { parseView, printView } from '../../src/page/address.js';
import { groupServices } from '../../src/page/services.js';
import type { Alerts, ClusterHealth, ServiceEntry, Status } from '../../src/page/state.js';
import { summarize } from '../../src/page/status.js';
import { anchor, webAddress } from '../../src/page/view/link.js';
import { bytes, clockAt, epoch, percent, seconds, span, zoneName } from '../../src/page/words.js';

const SECOND = 1000;
const HOUR = 3_600_000;

test.each<[millis: number, want: string]>([
  [-5, '0 s'],
  [12 * SECOND, '12 s'],
  [59_999, '59 s'],
  [4 * 60_000 + 59_000, '4 min'],
  [HOUR, '1 h'],
  [2 * HOUR + 10 * 60_000, '2 h 10 min'],
  [76 * HOUR, '3 d 4 h'],
])('a span of %d ms is %s', (millis, want) => {
  expect(span(millis)).toBe(want);
});

test.each<[text: string, want: string]>([
  [seconds(0), '0 s'],
  [seconds(0.0000253), '< 0.001 s'],
  [seconds(0.0012), '0.001 s'],
  [seconds(0.2449), '0.24 s'],
  [seconds(12.34), '12.3 s'],
  [percent(1), '100 %'],
  [percent(0.99999), '99.99 %'],
  [percent(0), '0.0 %'],
  [bytes(512), '512 B'],
  [bytes(1_005_864), '982 KiB'],
  [bytes(67_108_864), '64.0 MiB'],
  [zoneName(60), 'UTC+01:00'],
  [zoneName(-210), 'UTC-03:30'],
  [
    JSON.stringify(clockAt(epoch('2024-01-15T00:30:45.123456', 60), 60)),
    '{"date":"2024-01-15","time":"00:30:45"}',
  ],
  [new Date(epoch('2024-01-15T00:30:45.123456', 60)).toISOString(), '2024-01-14T23:30:45.123Z'],
])('a figure is printed as %s', (text, want) => {
  expect(text).toBe(want);
});

test.each<[query: string, printed: string]>([
  ['', ''],
  ['?q=tools&state=error,timeout&sort=name&bars=90d', '?q=tools&state=error,timeout&sort=name&bars=90d'],
  ['?sort=nonsense&bars=&state=<b>&other=1', ''],
  ['?q=%3Cscript%3E&q=b', '?q=%3Cscript%3E'],
  ['?sort=worst&bars=90min', ''],
])('the address %s is read and printed as %s', (query, printed) => {
  expect(printView(parseView(query))).toBe(printed);
});

test.each<[address: string | undefined, want: string | undefined]>([
  ['http://127.0.0.1:8083/runbook#servicedown', 'http://127.0.0.1:8083/runbook#servicedown'],
  ['https://example.org', 'https://example.org/'],
  ['javascript:alert(1)', undefined],
  [' JaVaScRiPt:alert(1)', undefined],
  ['data:text/html,<script>', undefined],
  ['runbook#x', undefined],
  [undefined, undefined],
])('a link to %s leads to %s', (address, want) => {
  expect(webAddress(address)).toBe(want);
});

test('the id of a card has no sign that means something elsewhere', () => {
  expect(anchor('a"><b c')).toBe('service-a~22~~3e~~3c~b~20~c');
});

function entry(status: Status, over: Partial<ServiceEntry['health']> = {}, critical = true): ServiceEntry {
  return { name: over.error ? `Bad ${status}` : `Is ${status}`, critical, health: { status, ...over } };
}

function clusterOf(
  overall: ClusterHealth['overall_status'],
  services: Record<string, ServiceEntry>,
): ClusterHealth {
  return {
    timestamp: '2024-01-15T10:30:45.123456',
    overall_status: overall,
    services,
    cluster_stats: { local_node: {}, total_services: Object.keys(services).length, monitoring_uptime: 1 },
    alerts: [],
  };
}

const NONE: Alerts = { details: [], muted: [] };

describe('the status line', () => {
  const down = entry('error', { error: 'Connection refused', since: '2024-01-15T10:00:00' });
  const slow = entry('degraded', { error: 'Slow', since: '2024-01-15T09:00:00' }, false);
  const fine = entry('healthy', { since: '2024-01-15T08:00:00' });
  const alert = { severity: 'warning', service: 'x', message: 'Disk is full', alertname: 'DiskFull' };
  const firing: Alerts = { details: [{ ...alert, timestamp: '2024-01-15T07:00:00' }], muted: [] };
  test.each<[name: string, health: ClusterHealth, alerts: Alerts, want: unknown[]]>([
    ['no services', clusterOf('healthy', {}), NONE, ['unknown', 'No services are configured.', undefined]],
    [
      'unchecked',
      clusterOf('degraded', { a: entry('unknown') }),
      NONE,
      ['unknown', 'The first checks are under way.', undefined],
    ],
    [
      'all well',
      clusterOf('healthy', { a: fine, b: fine }),
      NONE,
      ['healthy', 'All 2 services are healthy.', '2024-01-15T08:00:00'],
    ],
    [
      'one of two not checked',
      clusterOf('healthy', { a: fine, b: entry('unknown') }),
      NONE,
      ['healthy', '1 service not checked yet.', '2024-01-15T08:00:00'],
    ],
    [
      'one that is slow, before an alert fires',
      clusterOf('healthy', { a: fine, b: slow }),
      NONE,
      ['healthy', 'No alert fires; Bad degraded is degraded (Slow)', '2024-01-15T09:00:00'],
    ],
    [
      'one that is slow, while alerts fire',
      clusterOf('healthy', { a: fine, b: slow }),
      firing,
      ['healthy', 'No critical service is affected; Bad degraded is degraded (Slow)', '2024-01-15T09:00:00'],
    ],
    [
      'a reason with brackets of its own',
      clusterOf('unhealthy', { a: entry('unhealthy', { error: 'HTTP 503 (unhealthy)' }) }),
      NONE,
      ['unhealthy', 'Bad unhealthy is unhealthy: HTTP 503 (unhealthy)', undefined],
    ],
    [
      'one down',
      clusterOf('unhealthy', { a: fine, b: down }),
      NONE,
      ['unhealthy', 'Bad error is error (Connection refused)', '2024-01-15T10:00:00'],
    ],
    [
      'the critical one first',
      clusterOf('unhealthy', { a: slow, b: down }),
      NONE,
      [
        'unhealthy',
        'Bad error is error (Connection refused) and 1 other service not healthy',
        '2024-01-15T09:00:00',
      ],
    ],
    [
      'an alert about no service',
      clusterOf('degraded', { a: fine }),
      firing,
      ['degraded', 'Disk is full', '2024-01-15T07:00:00'],
    ],
  ])('%s', (_, health, alerts, want) => {
    const { status, why, since } = summarize(health, alerts);
    expect([status, why, since]).toEqual(want);
  });
});

describe('services', () => {
  const services = {
    b: {
      name: 'Beta 10',
      critical: true,
      health: { status: 'healthy', response_time: 2, data: { models: ['llama', 5] } },
    },
    a: { name: 'Beta 9', critical: true, health: { status: 'healthy', response_time: 1 } },
    c: { name: 'Gamma', critical: true, health: { status: 'timeout', error: 'too slow' } },
    d: { name: 'Delta', critical: false, health: { status: 'error' } },
  } satisfies Record<string, ServiceEntry>;
  test.each<[query: string, held: string[], want: Record<string, string>]>([
    ['', [], { Critical: 'c a b', Other: 'd' }],
    ['sort=name', [], { Critical: 'a b c', Other: 'd' }],
    ['sort=slowest', [], { Critical: 'b a c', Other: 'd' }],
    ['', ['b', 'a', 'c', 'd'], { Critical: 'b a c', Other: 'd' }],
    ['q=LLAMA', [], { Services: 'b' }],
    ['q=too+slow', [], { Services: 'c' }],
    ['state=error,timeout', [], { Critical: 'c', Other: 'd' }],
    ['q=none', [], {}],
  ])('with %s and %j held', (query, held, want) => {
    const groups = groupServices(services, parseView(query), held);
    const ids = groups.map(({ name, entries }) => [name, entries.map(([id]) => id).join(' ')]);
    expect(Object.fromEntries(ids)).toEqual(want);
  });

  test('healthy ones fold when there are many, and unfold for a filter', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`s${i}`, entry(i < 3 ? 'error' : 'healthy')]),
    );
    const shape = (query: string) =>
      groupServices(many, parseView(query)).map(({ entries, folded }) => [entries.length, folded.length]);
    expect([shape(''), shape('state=healthy')]).toEqual([[[3, 997]], [[997, 0]]]);
  });
});
