// CPU of a scan of six services and all that follows it: checks, scrape of the own registry, all shipped rules, history. A
// Prometheus with exporters does the same work at the same pace, the same rules included.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuDuring } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { sumOf } from '../harness/exposition.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { startStack } from '../harness/stack.mjs';
import { each, inTurns, started } from '../harness/turns.mjs';

const RULES = fileURLToPath(new URL('../../../rules/', import.meta.url));
const FILES = readdirSync(RULES)
  .filter(file => file.endsWith('.rules.yml'))
  .map(file => join(RULES, file));
const EVERY = '200ms';
const STACK = 'Prometheus + three exporters';

export default {
  name: 'scan',
  minutes: 1.5,
  about: 'CPU of a scan of six services with rules and history, five a second',
  async run(bench) {
    const children = new Children();
    try {
      const services = await sixServices(bench, children);
      const measured = server => measure(server, bench.either(8, 4));
      const contestants = [
        await started(bench, OURS, () => startOurs(bench, children, services), measured),
        await started(bench, STACK, () => startPeers(bench, children, services), measured),
      ];
      await sleep(bench.either(30, 10) * 1000);
      const outcomes = await inTurns(bench, bench.either(6, 2), contestants, { together: true });
      const [ours, ...peers] = outcomes.map(outcome => each(outcome, ({ cpu, scans }) => cpu / scans));
      return [{ what: this.about, unit: 'ms', ours, peers, reach: { atMost: 8 } }];
    } finally {
      await children.stop();
    }
  },
};

async function startOurs(bench, children, services) {
  const { pid, url } = await startMonitor(bench, children, {
    scan: { intervals: { critical: EVERY, other: EVERY } },
    services,
  });
  const count = async () =>
    sumOf((await get(`${url}/metrics`)).body.toString(), 'langgraph_monitor_scans_total');
  return { pids: [pid], count };
}

/** A scan is a scrape of every target: that of blackbox_exporter's first one is counted. */
async function startPeers(bench, children, services) {
  const { pids, url } = await startStack(bench, children, services, { every: EVERY, rules: FILES });
  const query = encodeURIComponent('max(count_over_time(probe_success[1h]))');
  const count = async () => {
    const { data } = await getJson(`${url}/api/v1/query?query=${query}`);
    return Number(data.result[0].value[1]);
  };
  return { pids, count };
}

async function measure({ pids, count }, seconds) {
  const before = await count();
  const { cpu, result: after } = await cpuDuring(pids, async () => {
    await sleep(seconds * 1000);
    return await count();
  });
  return { cpu, scans: after - before };
}
