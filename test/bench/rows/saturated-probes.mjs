// CPU per HTTP probe when there is always another one to do: what a probe itself costs.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { requireAllUp, sumOf } from '../harness/exposition.mjs';
import { get } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { compile, program, ran, startBlackbox, startPython } from '../harness/peers.mjs';
import { startHealthServer } from '../harness/targets.mjs';
import { wrk } from '../harness/wrk.mjs';

const SERVICES = 1000;
const CONCURRENT = 50;

export default {
  name: 'saturated-probes',
  about: `CPU per HTTP probe, ${SERVICES.toLocaleString('en-US')} keep-alive services back to back`,
  async run(bench) {
    const targets = new Children();
    try {
      const ports = await startHealthServer(targets);
      const spans = { warmup: bench.either(5, 2), seconds: bench.either(15, 4) };
      const ours = await bench.measure(OURS, children => measureMonitor(bench, children, ports, spans));
      const peers = [
        await bench.measure('blackbox_exporter', children =>
          measureBlackbox(bench, children, ports[0], spans),
        ),
        await bench.measure('Python aiohttp', children => measurePython(bench, children, ports, spans)),
        await bench.measure('bare node:http', children =>
          measureClient(children, ['node:http'], ports, spans),
        ),
        await bench.measure('fetch', children => measureClient(children, ['fetch'], ports, spans)),
        await bench.measure('C', children => measureC(bench, children, ports, spans)),
      ];
      const perProbe = ({ cpu, probes }) => cpu / probes;
      return [
        {
          what: this.about,
          unit: 'ms',
          ours: map(ours, perProbe),
          peers: peers.map(peer => map(peer, perProbe)),
          reach: { atMost: 0.1 },
        },
      ];
    } finally {
      await targets.stop();
    }
  },
};

async function measureMonitor(bench, children, ports, spans) {
  const monitor = await startMonitor(bench, children, {
    scan: { intervals: { critical: '100ms', other: '100ms' }, max_concurrent_checks: CONCURRENT },
    services: httpServices(ports, SERVICES),
  });
  return await measureServer(monitor, 'langgraph_monitor_probes_total', spans);
}

async function measurePython(bench, children, ports, spans) {
  const server = await startPython(bench, children, {
    interval: 0,
    concurrency: CONCURRENT,
    services: httpServices(ports, SERVICES, { timeout: 10 }),
  });
  return await measureServer(server, 'monitor_probes_total', spans);
}

/** A monitor counts its probes itself; the reading of /metrics that ends the measurement is in its CPU. */
async function measureServer({ pid, url }, counter, { warmup, seconds }) {
  const count = async () => {
    const page = (await get(`${url}/metrics`)).body.toString();
    requireAllUp(page, SERVICES);
    return sumOf(page, counter);
  };
  await sleep(warmup * 1000);
  const before = await count();
  const { cpu, result: after } = await cpuDuring([pid], async () => {
    await sleep(seconds * 1000);
    return await count();
  });
  return { cpu, probes: after - before };
}

async function measureBlackbox(bench, children, port, { warmup, seconds }) {
  const { pid, url } = await startBlackbox(bench, children);
  const target = encodeURIComponent(`http://127.0.0.1:${port}/service/`);
  const load = span =>
    wrk(children, url, {
      connections: CONCURRENT,
      seconds: span,
      script: program('peers/rotate.lua'),
      scriptArgs: [`/probe?module=http_2xx&target=${target}`, String(SERVICES)],
    });
  requireAllUp((await get(`${url}/probe?module=http_2xx&target=${target}0`)).body.toString(), 1);
  await load(warmup);
  const { cpu, result } = await cpuDuring([pid], () => load(seconds));
  return { cpu, probes: result.requests };
}

async function measureClient(children, args, ports, { warmup, seconds }) {
  const all = [program('peers/http-client.mjs'), ...args, warmup, seconds, SERVICES, ...ports].map(String);
  const { probes, cpu_ms } = await ran(children, args[0], process.execPath, all);
  return { cpu: cpu_ms, probes };
}

async function measureC(bench, children, ports, { warmup, seconds }) {
  const args = ['saturate', warmup, seconds, SERVICES, ...ports].map(String);
  const { probes, cpu_ms } = await ran(children, 'C', compile(bench, 'peers/probe.c'), args);
  return { cpu: cpu_ms, probes };
}
