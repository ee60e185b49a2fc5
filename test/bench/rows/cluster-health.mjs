// How fast the state of the cluster is served. The floor is a bare server with the same bytes in memory.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { get } from '../harness/loopback.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startPython, startStatic } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { median } from '../harness/statistics.mjs';
import { wrk } from '../harness/wrk.mjs';

const CONNECTIONS = 32;
const BARE = 'bare node:http';
/** Served by the bare servers when there is no answer of ours to copy. */
const STAND_IN = Buffer.from(
  JSON.stringify({ overall_status: 'healthy', services: {}, filler: 'x'.repeat(2000) }),
);

export default {
  name: 'cluster-health',
  about: '/cluster_health requests/s, cached bytes',
  async run(bench) {
    const children = new Children();
    try {
      const { ours, peers } = await startAll(bench, children);
      const speeds = await race(bench, children, [ours, ...peers]);
      const perSecond = outcome => map(outcome, () => median(speeds.get(outcome.who)));
      return [
        {
          what: this.about,
          unit: 'requests/s',
          ours: perSecond(ours),
          peers: peers.map(perSecond),
          reach: { atLeastOf: { who: BARE, share: 0.7 } },
        },
      ];
    } finally {
      await children.stop();
    }
  },
};

async function startAll(bench, children) {
  const services = await sixServices(bench, children);
  const ours = await bench.attempt(OURS, () => startMonitor(bench, children, { services }));
  const body = 'value' in ours ? (await get(`${ours.value.url}/cluster_health?max_age=60`)).body : STAND_IN;
  const path = join(mkdtempSync(join(bench.folder, 'bytes-')), 'cluster_health.json');
  writeFileSync(path, body);
  const file = { path, type: 'application/json; charset=utf-8' };
  const peers = [
    await bench.attempt(BARE, () => startStatic(children, 'node:http', file)),
    await bench.attempt('bare Express', () => startStatic(children, 'express', file)),
    await bench.attempt('Python aiohttp', () =>
      startPython(bench, children, { interval: 30, concurrency: 5, services }),
    ),
  ];
  return { ours, peers };
}

/** Each alone in turn, several times over, so that a slow moment of the machine hits them all. */
async function race(bench, children, outcomes) {
  const runners = outcomes.filter(outcome => 'value' in outcome);
  const speeds = new Map(runners.map(({ who }) => [who, []]));
  const seconds = bench.either(4, 2);
  for (let round = 0; round < bench.either(6, 3); round++) {
    for (const { who, value } of runners) {
      const { perSecond } = await wrk(children, `${value.url}/cluster_health`, {
        connections: CONNECTIONS,
        seconds,
      });
      // The first round only warms up.
      if (round > 0) speeds.get(who).push(perSecond);
    }
  }
  return speeds;
}
