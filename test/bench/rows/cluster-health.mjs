// How fast the state of the cluster is served. The floor is a bare server with the same bytes in memory.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { get } from '../harness/loopback.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startPython, startStatic } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { inTurns } from '../harness/turns.mjs';
import { wrk } from '../harness/wrk.mjs';

const CONNECTIONS = 32;
const BARE = 'bare node:http';
/** Served by the bare servers when there is no answer of ours to copy. */
const STAND_IN = Buffer.from(
  JSON.stringify({ overall_status: 'healthy', services: {}, filler: 'x'.repeat(2000) }),
);

export default {
  name: 'cluster-health',
  minutes: 0.9,
  about: '/cluster_health requests/s, cached bytes',
  async run(bench) {
    const children = new Children();
    try {
      const seconds = 2;
      const measure = async ({ url }) => {
        const load = { connections: CONNECTIONS, seconds };
        return (await wrk(children, `${url}/cluster_health`, load)).perSecond;
      };
      const contestants = (await startAll(bench, children)).map(outcome => ({ ...outcome, measure }));
      const [ours, ...peers] = await inTurns(bench, bench.either(5, 2), contestants, { warmUps: 1 });
      return [
        {
          what: this.about,
          of: 'clients',
          unit: 'requests/s',
          ours,
          peers,
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
  return [
    ours,
    await bench.attempt(BARE, () => startStatic(children, 'node:http', file)),
    await bench.attempt('bare Express', () => startStatic(children, 'express', file)),
    await bench.attempt('Python aiohttp', () =>
      startPython(bench, children, { interval: 30, concurrency: 5, services }),
    ),
  ];
}
