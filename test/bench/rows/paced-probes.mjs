// CPU per HTTP probe at a real pace, of everything that runs: scheduling, history and storing included.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { requireAllUp, sumOf } from '../harness/exposition.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { startBlackbox, startPrometheus, startPython, throughBlackbox } from '../harness/peers.mjs';
import { startHealthServer } from '../harness/targets.mjs';
import { each, inTurns, started } from '../harness/turns.mjs';

const SERVICES = 200;
const EVERY = 5;
const CONCURRENT = 50;
/**
 * Seconds before anything is measured. A monitor runs for months, and in its first two minutes V8 optimizes the code of checks and
 * rules, which takes twice as much as they do. Prometheus and its exporters are compiled before; all have the same time.
 */
const WARM_UP = 150;
/** Of a Prometheus that evaluates no rules, while the monitor evaluates all that are shipped. */
const REACH = { atMostOf: { who: 'Prometheus + blackbox_exporter', share: 0.25 } };

export default {
  name: 'paced-probes',
  minutes: 3.7,
  about: `CPU per HTTP probe, ${SERVICES} services every ${EVERY} s, after ${WARM_UP / 60} minutes`,
  async run(bench) {
    const children = new Children();
    try {
      const ports = await startHealthServer(children);
      // Their counters move when a whole round of checks is over: so does a window.
      const seconds = bench.either(2 * EVERY, EVERY);
      const contestants = [
        await started(
          bench,
          OURS,
          () => startOurs(bench, children, ports),
          server => measure(server, seconds),
        ),
        await started(
          bench,
          'Prometheus + blackbox_exporter',
          () => startStack(bench, children, ports),
          server => measure(server, seconds),
        ),
        await started(
          bench,
          'Python aiohttp',
          () => startAiohttp(bench, children, ports),
          server => measure(server, seconds),
        ),
      ];
      await sleep(bench.either(WARM_UP, 6) * 1000);
      const outcomes = await inTurns(bench, bench.either(6, 2), contestants, { together: true });
      const [ours, ...peers] = outcomes.map(outcome => each(outcome, ({ cpu, probes }) => cpu / probes));
      return [{ what: this.about, unit: 'ms', ours, peers, reach: REACH }];
    } finally {
      await children.stop();
    }
  },
};

async function startOurs(bench, children, ports) {
  const { pid, url } = await startMonitor(bench, children, {
    scan: { intervals: { critical: `${EVERY}s`, other: `${EVERY}s` }, max_concurrent_checks: CONCURRENT },
    services: httpServices(ports, SERVICES),
  });
  return { pids: [pid], count: () => countOf(url, 'langgraph_monitor_probes_total') };
}

async function startAiohttp(bench, children, ports) {
  const { pid, url } = await startPython(bench, children, {
    interval: EVERY,
    concurrency: CONCURRENT,
    services: httpServices(ports, SERVICES, { timeout: 10 }),
  });
  return { pids: [pid], count: () => countOf(url, 'monitor_probes_total') };
}

async function startStack(bench, children, ports) {
  const blackbox = await startBlackbox(bench, children);
  const urls = Object.values(httpServices(ports, SERVICES)).map(service => service.url);
  const prometheus = await startPrometheus(bench, children, [throughBlackbox(blackbox, urls, EVERY)]);
  // Successful probes that Prometheus has stored.
  const count = async () => {
    const query = encodeURIComponent('sum(sum_over_time(probe_success[1h]))');
    const { data } = await getJson(`${prometheus.url}/api/v1/query?query=${query}`);
    return Number(data.result[0].value[1]);
  };
  return { pids: [prometheus.pid, blackbox.pid], count };
}

async function measure({ pids, count }, seconds) {
  const before = await count();
  const { cpu, result: after } = await cpuDuring(pids, async () => {
    await sleep(seconds * 1000);
    return await count();
  });
  return { cpu, probes: after - before };
}

async function countOf(url, counter) {
  const page = (await get(`${url}/metrics`)).body.toString();
  requireAllUp(page, SERVICES);
  return sumOf(page, counter);
}
