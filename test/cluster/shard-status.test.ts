import { expect, test } from 'vitest';
import { joinStatuses, type StatusAnswers, statusOfOthers } from '../../src/cluster/shard-status.js';
import type { ClusterStatus } from '../../src/cluster/status.js';
import { Labels } from '../../src/model/labels.js';
import type { OverallStatus } from '../../src/model/service.js';

const OWN = {
  instance: 'm0',
  nameOf: (id: string) => (id === 'tools' ? 'Tools Server' : undefined),
  sentLabels: undefined,
};
const SINCE = 1_700_000_000;

const status = (instance: string, value: number) => ({
  labels: Labels.of({ __name__: 'langgraph:cluster_status', job: 'langgraph-monitor', instance }),
  value,
});
const alert = (instance: string, labels: Record<string, string>) => ({
  labels: Labels.of({ __name__: 'ALERTS_FOR_STATE', instance, severity: 'critical', ...labels }),
  value: SINCE,
});
const answers = (overall: StatusAnswers['overall'], alerts: StatusAnswers['alerts'] = []): StatusAnswers => ({
  overall,
  alerts,
});

test.each<[name: string, overall: StatusAnswers['overall'], want: string]>([
  ['there are none', [], 'healthy'],
  ['all are healthy', [status('m1', 2), status('m2', 2)], 'healthy'],
  ['one is degraded', [status('m1', 2), status('m2', 1)], 'degraded'],
  ['one is unhealthy', [status('m1', 0), status('m2', 1)], 'unhealthy'],
  ['the own one is lower', [status('m0', 0), status('m1', 2)], 'healthy'],
])('the status of other monitors is the lowest where %s', (_, overall, want) => {
  expect(statusOfOthers(answers(overall), OWN).overall).toBe(want);
});

test.each<[name: string, of: ReturnType<typeof alert>, want: object[]]>([
  [
    'a service that is known',
    alert('m1', { alertname: 'ServiceDown', target: 'tools' }),
    [{ name: 'ServiceDown', service: 'tools', message: 'Tools Server: ServiceDown', startsAt: SINCE * 1000 }],
  ],
  [
    'something that is not known',
    alert('m1', { alertname: 'ServiceDown', target: 'other' }),
    [{ message: 'other: ServiceDown' }],
  ],
  ['the monitor', alert('m1', { alertname: 'MonitorLogging' }), [{ message: 'm1: MonitorLogging' }]],
  ['a heartbeat', alert('m1', { alertname: 'Heartbeat', severity: 'none' }), []],
  ['an alert of this monitor', alert('m0', { alertname: 'ServiceDown', target: 'tools' }), []],
])('alerts of other monitors are named by what they are about: %s', (_, of, want) => {
  const { alerts } = statusOfOthers(answers([], [of]), OWN);
  expect(alerts).toHaveLength(want.length);
  expect(alerts).toMatchObject(want);
});

test('an alert is the same for both once it is as it is sent', () => {
  const dropInstance = ({ instance: _, ...rest }: Readonly<Record<string, string>>) => rest;
  const seenBy = (instance: string): ClusterStatus =>
    statusOfOthers(answers([], [alert(instance, { alertname: 'A', target: 'tools' })]), {
      ...OWN,
      sentLabels: dropInstance,
    });
  const others = { together: undefined, theirs: seenBy('m2') };
  expect(joinStatuses(seenBy('m1'), others).alerts).toHaveLength(1);
});

test.each<[own: OverallStatus, others: OverallStatus, together: OverallStatus | undefined, want: string]>([
  ['healthy', 'healthy', undefined, 'healthy'],
  ['healthy', 'unhealthy', undefined, 'unhealthy'],
  ['degraded', 'healthy', undefined, 'degraded'],
  ['degraded', 'unhealthy', undefined, 'unhealthy'],
  ['unhealthy', 'healthy', 'degraded', 'degraded'],
  ['degraded', 'degraded', 'unhealthy', 'unhealthy'],
])('%s here, %s elsewhere and %s together is %s', (own, others, together, want) => {
  const theirs = { overall: others, alerts: [] };
  const joined = joinStatuses({ overall: own, alerts: [] }, { together, theirs });
  expect(joined.overall).toBe(want);
});
