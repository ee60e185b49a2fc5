// The shipped rules over the monitor's own metrics, and their words as the document has them.

import { describe, expect, test } from 'vitest';
import { alertLine, clusterStatusOf, type RuleAlertView } from '../../src/cluster/status.js';
import type { Level } from '../../src/model/result.js';
import type { Service } from '../../src/model/service.js';
import { judgeByRules, type Known } from '../support/shipped-rules.js';
import { result, service, slow, timedOut } from './results.js';

function known(about: Service, level: Level, trouble = level === 'slow' ? slow : timedOut): Known {
  const inTrouble = level === 'down' || level === 'slow';
  const last = result(about.id, inTrouble ? trouble : {});
  const isKnown = level !== 'unknown';
  return { service: about, level, result: isKnown ? last : undefined, trouble: inTrouble ? last : undefined };
}
const AT = 1_700_000_000_000;
const judge = (all: Known[]) => judgeByRules(all, AT);

const DOCUMENT = [
  service('jetson_ollama', { name: 'Jetson Ollama Server' }),
  service('cpu_llama', { name: 'CPU Llama.cpp Server', critical: false }),
  service('embeddings', { name: 'Embeddings Server' }),
  service('tools', { name: 'Tools Server' }),
  service('haproxy', { name: 'HAProxy Load Balancer', severity: 'warning' }),
  service('redis', { name: 'Redis Cache' }),
];
/** The document's cluster, all up but these. */
const documentWith = (levels: Record<string, Level>) =>
  judge(DOCUMENT.map(each => known(each, levels[each.id] ?? 'up')));

describe("the document's cluster", () => {
  test.each<[string, Record<string, Level>, string, string[]]>([
    ['all up', {}, 'healthy', []],
    [
      'one critical down',
      { tools: 'down' },
      'degraded',
      ['CRITICAL: Tools Server is timeout - Request timed out'],
    ],
    [
      'two critical down',
      { tools: 'down', redis: 'down' },
      'unhealthy',
      [
        'CRITICAL: Redis Cache is timeout - Request timed out',
        'CRITICAL: Tools Server is timeout - Request timed out',
      ],
    ],
    [
      'one critical slow',
      { redis: 'slow' },
      'degraded',
      ['WARNING: Redis Cache is degraded - Slow: 6 s, threshold 5 s'],
    ],
    [
      'all critical slow',
      { jetson_ollama: 'slow', embeddings: 'slow', tools: 'slow', haproxy: 'slow', redis: 'slow' },
      'degraded',
      expect.any(Array),
    ],
    [
      'only the one that is not critical down',
      { cpu_llama: 'down' },
      'healthy',
      ['WARNING: CPU Llama.cpp Server is timeout - Request timed out'],
    ],
    [
      'only the one that is not critical slow',
      { cpu_llama: 'slow' },
      'healthy',
      [expect.stringMatching(/^WARNING: CPU/)],
    ],
    ['only the one that is not critical unknown', { cpu_llama: 'unknown' }, 'healthy', []],
    ['one unknown', { redis: 'unknown' }, 'degraded', []],
    ['nothing known yet', Object.fromEntries(DOCUMENT.map(each => [each.id, 'unknown'])), 'degraded', []],
    ['one down and one unknown', { tools: 'down', redis: 'unknown' }, 'degraded', [expect.any(String)]],
    [
      'severity set by hand, critical first',
      { haproxy: 'down', cpu_llama: 'down', tools: 'down' },
      'unhealthy',
      [
        'CRITICAL: Tools Server is timeout - Request timed out',
        'WARNING: CPU Llama.cpp Server is timeout - Request timed out',
        'WARNING: HAProxy Load Balancer is timeout - Request timed out',
      ],
    ],
  ])('%s', (_, levels, overall, alerts) => {
    const verdict = documentWith(levels);
    expect(verdict.overall).toBe(overall);
    expect(verdict.alerts.map(alertLine)).toEqual(alerts);
  });
});

test('the border is at 70 % of the critical services, to the service', () => {
  for (let all = 1; all <= 40; all++) {
    const most = Math.floor((all * 3) / 10);
    for (const down of [most, most + 1]) {
      const services = Array.from({ length: all }, (_, i) =>
        known(service(`s${i}`), i < down ? 'down' : 'slow'),
      );
      expect([all, down, judge(services).overall]).toEqual([
        all,
        down,
        down === most ? 'degraded' : 'unhealthy',
      ]);
    }
  }
});

test('a cluster without critical services is healthy', () => {
  expect(judge([known(service('a', { critical: false }), 'down')]).overall).toBe('healthy');
});

describe('depends_on mutes the alert, never the status', () => {
  const lb = service('haproxy');
  const behind = service('tools', { dependsOn: ['haproxy', 'redis'] });
  test.each<[string, Level, Level, string[], string]>([
    ['both down', 'down', 'down', ['haproxy'], 'unhealthy'],
    ['both down, the one behind only slow', 'down', 'slow', ['haproxy'], 'unhealthy'],
    ['what it depends on only slow', 'slow', 'down', ['tools', 'haproxy'], 'unhealthy'],
    ['what it depends on unknown', 'unknown', 'down', ['tools'], 'unhealthy'],
    ['what it depends on up', 'up', 'down', ['tools'], 'unhealthy'],
  ])('%s', (_, front, back, alerting, overall) => {
    const verdict = judge([known(lb, front), known(behind, back)]);
    expect(verdict.alerts.map(alert => alert.service)).toEqual(alerting);
    expect(verdict.overall).toBe(overall);
  });
});

test('an alert carries its severity, its service, its rule and its beginning', () => {
  const [alert] = judge([known(service('tools', { name: 'Tools Server', severity: 'info' }), 'down')]).alerts;
  expect(alert).toEqual({
    identity: expect.stringContaining('"Tools Server"'),
    name: 'ServiceDown',
    severity: 'info',
    service: 'tools',
    message: 'Tools Server is timeout - Request timed out',
    startsAt: AT,
    escalation: undefined,
  });
});

describe("which alerts are the document's", () => {
  const alert = (labels: Record<string, string>, more: Partial<RuleAlertView> = {}): RuleAlertView => ({
    labels: { alertname: 'Down', target: 'a', severity: 'critical', ...labels },
    annotations: { summary: 'short', description: 'long' },
    state: 'firing',
    activeAt: 5,
    ...more,
  });
  test.each<[string, RuleAlertView[], string[]]>([
    ['one that fires', [alert({})], ['CRITICAL: long']],
    ['not one that is pending', [alert({}, { state: 'pending' })], []],
    ['not one that is over', [alert({}, { state: 'inactive' })], []],
    ['not the heartbeat', [alert({ severity: 'none' })], []],
    ['not one without a severity', [alert({ severity: '' })], []],
    [
      'without a description the summary',
      [alert({}, { annotations: { summary: 'short' } })],
      ['CRITICAL: short'],
    ],
    ['without either its name', [alert({}, { annotations: {} })], ['CRITICAL: Down']],
    [
      'worst first, then by service',
      [
        alert({ severity: 'info' }),
        alert({ target: 'z' }),
        alert({ severity: 'warning' }),
        alert({ target: 'b' }),
      ],
      ['CRITICAL: long', 'CRITICAL: long', 'WARNING: long', 'INFO: long'],
    ],
  ])('%s', (_, alerts, want) => expect(clusterStatusOf(2, alerts).alerts.map(alertLine)).toEqual(want));

  test('a copy raises the alert it copies and is none itself', () => {
    const copy = (escalation: string, escalates = 'Down') =>
      alert({ alertname: `To${escalation}`, alertstate: 'firing', escalates, escalation });
    const levels = (alerts: RuleAlertView[]) =>
      clusterStatusOf(2, alerts).alerts.map(each => each.escalation);
    expect(levels([alert({}), alert({ target: 'b' }), copy('level2')])).toEqual(['level2', undefined]);
    expect(levels([copy('level3'), alert({}), copy('level2')])).toEqual(['level3']);
    expect(levels([alert({}), copy('level2', 'Other')])).toEqual([undefined]);
  });

  test.each([
    [2, 'healthy'],
    [1, 'degraded'],
    [0, 'unhealthy'],
    [undefined, 'degraded'],
    [Number.NaN, 'degraded'],
  ])('a recorded %s is %s', (status, overall) => expect(clusterStatusOf(status, []).overall).toBe(overall));
});
