import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, SERVICE_IDS, type ServiceCondition, startCluster } from '../../src/demo/cluster.js';
import { conditionsAt, INCIDENTS, incidentsAt, ROUND } from '../../src/demo/incidents.js';
import { cueLine } from '../../src/demo/run.js';
import { Scenario } from '../../src/demo/scenario.js';
import { ask } from './client.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const seconds = Array.from({ length: ROUND / SECOND }, (_, i) => i * SECOND);

describe('the timetable', () => {
  test('lasts five minutes at most', () => {
    expect(ROUND).toBeLessThanOrEqual(5 * MINUTE);
  });

  test('starts within the first minute, and well', () => {
    expect(incidentsAt(0)).toEqual([]);
    expect(Math.min(...INCIDENTS.map(({ from }) => from))).toBeLessThan(MINUTE);
  });

  test.each<{ what: string; is: (condition: ServiceCondition) => boolean }>([
    { what: 'slow', is: ({ kind }) => kind === 'slow' },
    { what: '503', is: condition => condition.kind === 'status' && condition.code === 503 },
    { what: 'timeout', is: ({ kind }) => kind === 'hang' },
    { what: 'refused', is: ({ kind }) => kind === 'refused' },
    { what: 'model missing', is: ({ kind }) => kind === 'model_missing' },
    { what: 'llama.cpp loading', is: ({ kind }) => kind === 'loading_model' },
    { what: 'HAProxy backend down', is: ({ kind }) => kind === 'backend_down' },
  ])('has a $what that ends within the round', ({ is }) => {
    const found = INCIDENTS.filter(({ condition }) => is(condition));
    expect(found.length).toBeGreaterThan(0);
    for (const { from, to } of found) {
      expect(from).toBeLessThan(to);
      expect(to).toBeLessThan(ROUND);
    }
  });

  test.each(SERVICE_IDS)('%s has trouble once at least, one at a time, and recovers', service => {
    const trouble = seconds.map(
      at => incidentsAt(at).filter(incident => incident.service === service).length,
    );
    expect(Math.max(...trouble)).toBe(1);
    expect(trouble[0]).toBe(0);
    expect(trouble.at(-1)).toBe(0);
  });

  test('is never quiet for more than twenty seconds', () => {
    const quiet = seconds.map(at => incidentsAt(at).length === 0);
    const longest = Math.max(
      ...quiet
        .join()
        .split('false')
        .map(run => run.split('true').length - 1),
    );
    expect(longest).toBeLessThanOrEqual(20);
  });

  test.each([
    { at: 0, want: {} },
    { at: 14_999, want: {} },
    { at: 15_000, want: { tools: { kind: 'status', code: 503 } } },
    { at: 39_999, want: { tools: { kind: 'status', code: 503 } } },
    { at: 40_000, want: {} },
    { at: 210_000, want: { embeddings: { kind: 'refused' }, tools: { kind: 'refused' } } },
    { at: ROUND - 1, want: {} },
    { at: ROUND + 20_000, want: { tools: { kind: 'status', code: 503 } } },
  ])('at $at ms', ({ at, want }) => {
    expect(conditionsAt(at)).toEqual(want);
  });
});

describe('the director', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ redis: false });
  });
  afterAll(() => cluster.close());

  test('plays the round on a cluster', async () => {
    const scenario = new Scenario(cluster);
    const messages: string[] = [];
    const seen: (string | number)[] = [];
    const story = [0, 15, 30, 45, 85, 110, 195, 205, 222, 230, 270, 310, 320];
    for (const second of story) {
      const elapsed = second * SECOND;
      for (const event of await scenario.advance(elapsed))
        messages.push(cueLine(elapsed, event, 'http://m').split(' (')[0] ?? '');
      const { status, outcome } = await ask(`${cluster.tools.url}/health`);
      seen.push(status ?? outcome);
    }
    expect(messages).toEqual([
      '00:15 tools: answers 503',
      '00:45 tools: is well again',
      '01:25 cpu_llama: loads its model',
      '01:50 cpu_llama: is well again',
      '03:15 embeddings: is gone',
      '03:25 tools: is gone too: two critical services down, the cluster is unhealthy',
      '03:42 tools: is well again',
      '03:50 embeddings: is well again',
      '05:20 tools: answers 503',
    ]);
    expect(seen).toEqual([200, 503, 503, 200, 200, 200, 200, 'ECONNREFUSED', 200, 200, 200, 200, 503]);
  });

  test('a line says where to look', async () => {
    const [incident] = incidentsAt(15_000);
    if (!incident) throw new Error('nothing happens at 15 s');
    expect(cueLine(20_400, { incident, what: 'begins' }, 'http://127.0.0.1:8083')).toBe(
      '00:20 tools: answers 503 (watch http://127.0.0.1:8083/alerts)',
    );
  });
});
