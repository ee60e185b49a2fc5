// What stays the same object when the monitor says it again: a card whose entry is the same is not drawn.

import { expect, test } from 'vitest';
import { Model } from '../../src/page/model.js';
import type { ClusterHealth, PageState, ServiceEntry } from '../../src/page/state.js';

const entry = (name: string, over: object = {}): ServiceEntry => ({
  name,
  critical: true,
  health: { status: 'healthy', response_time: 0.1, data: { models: ['a', 'b'] }, ...over } as never,
});

const healthOf = (services: Record<string, ServiceEntry>): ClusterHealth =>
  structuredClone({
    timestamp: '2024-01-15T10:30:45',
    overall_status: 'healthy',
    services,
    alerts: [],
    muted: [{ service: 'b', severity: 'warning', message: 'x', muted_by: ['silence 1', 'interval night'] }],
    cluster_stats: { local_node: {}, monitoring_uptime: 1 },
  }) as never;

const modelOf = (services: Record<string, ServiceEntry>) =>
  new Model({
    title: '',
    readOnly: false,
    version: '',
    node: '',
    utcOffset: 0,
    path: '',
    query: '',
    health: healthOf(services),
    alerts: { details: [], muted: [] },
    announcements: [],
    maintenance: [],
  } satisfies PageState);

test.each<[what: string, services: Record<string, ServiceEntry>, same: string[], sameNames: boolean]>([
  ['the same again', { a: entry('A'), b: entry('B') }, ['a', 'b'], true],
  ['another response time', { a: entry('A', { response_time: 0.2 }), b: entry('B') }, ['b'], true],
  ['another body', { a: entry('A', { data: { models: ['a'] } }), b: entry('B') }, ['b'], true],
  ['a field more', { a: entry('A', { error: 'x' }), b: entry('B') }, ['b'], true],
  ['another name', { a: entry('A'), b: entry('C') }, ['a'], false],
  ['one less', { a: entry('A') }, ['a'], false],
  ['one named as what every object has', { a: entry('A'), constructor: entry('B') }, ['a'], false],
])('%s', (_, services, same, sameNames) => {
  const model = modelOf({ a: entry('A'), b: entry('B') });
  const [before, names] = [model.health.peek().services, model.names.value];
  model.update(healthOf(services));
  const after = model.health.peek().services;
  expect(after).toEqual(services);
  expect(Object.keys(after).filter(id => after[id] === before[id])).toEqual(same);
  expect(model.names.value === names).toBe(sameNames);
  expect([...model.names.value]).toEqual(Object.entries(services).map(([id, { name }]) => [id, name]));
});

test('why a service is muted', () => {
  const model = modelOf({ a: entry('A'), b: entry('B') });
  expect(['a', 'b', 'constructor'].map(id => model.mutedBy(id))).toEqual([
    undefined,
    'silence 1; interval night',
    undefined,
  ]);
});
