// What becomes of a question to the storage when the configuration changes meanwhile.

import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { ShardResults } from '../../src/app/shard-results.js';
import { ClusterState } from '../../src/cluster/state.js';
import { ShardMetrics } from '../../src/metrics/shards.js';
import { systemClock } from '../../src/model/time.js';

const NOWHERE = {
  ...{ elsewhere: new Map<string, number>(), remote: undefined, shard: undefined },
  ...{ rulePlace: 'local' as const, remoteWrite: { remotes: [], warnings: [], masked: '' }, rules: [] },
};
const ELSEWHERE = {
  ...NOWHERE,
  ...{ elsewhere: new Map([['tools', 10_000]]), shard: { index: 0, of: 2 }, rulePlace: 'remote' as const },
  remote: { url: 'http://127.0.0.1:1', timeout: 1000, follow_redirects: true },
};

test.each([
  ['is a problem while it is in force', ELSEWHERE, 'refused'],
  ['is none once nothing is left to other monitors', NOWHERE, undefined],
] as const)('a question that fails %s', async (_, after, want) => {
  let fail: (error: Error) => void = () => {};
  const cluster = new ClusterState();
  const results = new ShardResults({
    engine: {
      instant: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    },
    ...{ cluster, clock: systemClock, metrics: new ShardMetrics(new Registry()) },
    ...{
      refresher: { resolved: () => {} },
      exposition: { markChanged: () => {} },
      log: createLog('error', 'logfmt'),
    },
    ...{ stored: async () => ({ series: [] }), ruleEngine: () => undefined, instance: () => 'own' },
    sentLabels: labels => labels,
  });
  results.configure(ELSEWHERE);
  const asking = results.ask();
  if (after !== ELSEWHERE) results.configure(after);
  fail(new Error('refused'));
  await asking;
  expect(cluster.shardsProblem?.reason).toBe(want);
  results.close();
});
