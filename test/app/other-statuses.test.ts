// The status of other shards while the configuration changes.

import { expect, test } from 'vitest';
import { OtherStatuses } from '../../src/app/other-statuses.js';
import { ClusterState } from '../../src/cluster/state.js';
import { CLUSTER_STATUS } from '../../src/cluster/status.js';
import { Labels } from '../../src/model/labels.js';
import { systemClock } from '../../src/model/time.js';
import type { InstantAnswer } from '../../src/query/engine.js';

const UNHEALTHY: InstantAnswer = {
  ...{ warnings: [], infos: [] },
  samples: [{ labels: Labels.of({ __name__: CLUSTER_STATUS, job: 'j', instance: 'other' }), value: 0 }],
};

/** @param answer what the storage says */
function made(answer: () => Promise<InstantAnswer>): { statuses: OtherStatuses; cluster: ClusterState } {
  const cluster = new ClusterState();
  cluster.setStatus({ overall: 'healthy', alerts: [] }, 0);
  const instant = (query: string) =>
    query === CLUSTER_STATUS ? answer() : Promise.resolve({ ...UNHEALTHY, samples: [] });
  const statuses = new OtherStatuses({
    ...{
      engine: { instant },
      ruleEngine: () => undefined,
      instance: () => 'own',
      cluster,
      clock: systemClock,
    },
    sentLabels: labels => labels,
  });
  return { statuses, cluster };
}

test('the lowest status counts without a rule for all', async () => {
  const { statuses, cluster } = made(async () => UNHEALTHY);
  statuses.configure([]);
  await statuses.ask();
  expect(cluster.status.overall).toBe('unhealthy');
  statuses.configure(undefined);
  expect(cluster.status.overall).toBe('healthy');
});

test('an answer that comes when the rules see all services already changes nothing', async () => {
  let answer: (answer: InstantAnswer) => void = () => {};
  let asked: () => void = () => {};
  const isAsked = new Promise<void>(resolve => {
    asked = resolve;
  });
  const { statuses, cluster } = made(() => {
    asked();
    return new Promise(resolve => {
      answer = resolve;
    });
  });
  statuses.configure([]);
  const asking = statuses.ask();
  await isAsked;
  statuses.configure(undefined);
  answer(UNHEALTHY);
  await asking;
  await statuses.join();
  expect(cluster.status.overall).toBe('healthy');
});
