// CPU per HTTP probe at a real pace, of everything that runs: scheduling, history and storing included.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { requireAllUp, sumOf } from '../harness/exposition.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { startBlackbox, startPrometheus, startPython, throughBlackbox } from '../harness/peers.mjs';
import { startHealthServer } from '../harness/targets.mjs';

const SERVICES = 200;
const EVERY = 5;
const CONCURRENT = 50;

export default {
  name: 'paced-probes',
  about: `CPU per HTTP probe, ${SERVICES} services every ${EVERY} s for a minute, the whole process`,
  async run(bench) {
    const targets = new Children();
    try {
      const ports = await startHealthServer(targets);
      const spans = { warmup: bench.either(15, 6), seconds: bench.either(60, 15) };
      const ours = await bench.measure(OURS, children => measureMonitor(bench, children, ports, spans));
      const peers = [
        await bench.measure('Prometheus + blackbox_exporter', children =>
          measurePrometheus(bench, children, ports, spans),
        ),
        await bench.measure('Python aiohttp', children => measurePython(bench, children, ports, spans)),
      ];
      const perProbe = ({ cpu, probes }) => cpu / probes;
      return [
        {
          what: this.about,
          unit: 'ms',
          ours: map(ours, perProbe),
          peers: peers.map(peer => map(peer, perProbe)),
          reach: { atMost: 0.35 },
        },
      ];
    } finally {
      await targets.stop();
    }
  },
};

async function measureMonitor(bench, children, ports, spans) {
  const { pid, url } = await startMonitor(bench, children, {
    scan: { intervals: { critical: `${EVERY}s`, other: `${EVERY}s` }, max_concurrent_checks: CONCURRENT },
    services: httpServices(ports, SERVICES),
  });
  return await measureOver([pid], spans, () => countOf(url, 'langgraph_monitor_probes_total'));
}

async function measurePython(bench, children, ports, spans) {
  const { pid, url } = await startPython(bench, children, {
    interval: EVERY,
    concurrency: CONCURRENT,
    services: httpServices(ports, SERVICES, { timeout: 10 }),
  });
  return await measureOver([pid], spans, () => countOf(url, 'monitor_probes_total'));
}

async function measurePrometheus(bench, children, ports, spans) {
  const blackbox = await startBlackbox(bench, children);
  const urls = Object.values(httpServices(ports, SERVICES)).map(service => service.url);
  const prometheus = await startPrometheus(bench, children, [throughBlackbox(blackbox, urls, EVERY)]);
  // Successful probes that Prometheus has stored.
  const stored = async () => {
    const query = encodeURIComponent('sum(sum_over_time(probe_success[1h]))');
    const { data } = await getJson(`${prometheus.url}/api/v1/query?query=${query}`);
    return Number(data.result[0].value[1]);
  };
  return await measureOver([prometheus.pid, blackbox.pid], spans, stored);
}

async function measureOver(pids, { warmup, seconds }, count) {
  await sleep(warmup * 1000);
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
