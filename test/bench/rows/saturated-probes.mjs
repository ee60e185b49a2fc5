// CPU per HTTP probe when there is always another one to do: what a probe itself costs.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children, withChildren } from '../harness/children.mjs';
import { requireAllUp, sumOf } from '../harness/exposition.mjs';
import { get } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { compile, program, ran, startBlackbox, startPython } from '../harness/peers.mjs';
import { startHealthServer } from '../harness/targets.mjs';
import { each, inTurns } from '../harness/turns.mjs';
import { wrk } from '../harness/wrk.mjs';

const SERVICES = 1000;
const CONCURRENT = 50;
/** Seconds a contestant is measured, and before that: a monitor checks, scrapes and evaluates, the others only ask. */
const SECONDS = 3;
const WARM_UP = 4;
/** Milliseconds until every service has been checked. */
const PATIENCE = 20_000;
const CLIENT_WARM_UP = 1;

export default {
  name: 'saturated-probes',
  minutes: 2.2,
  about: `CPU per HTTP probe, ${SERVICES.toLocaleString('en-US')} keep-alive services back to back`,
  async run(bench) {
    const targets = new Children();
    try {
      const ports = await startHealthServer(targets);
      const contestant = (who, measure) => ({
        who,
        value: measure,
        // Alone: each takes all the CPU it can get.
        measure: () => withChildren(children => measure(bench, children, ports)),
      });
      const outcomes = await inTurns(bench, bench.either(5, 2), [
        contestant(OURS, measureMonitor),
        contestant('blackbox_exporter', measureBlackbox),
        contestant('Python aiohttp', measurePython),
        contestant('bare node:http', measureClient),
        contestant('C', measureC),
      ]);
      const [ours, ...peers] = outcomes.map(outcome => each(outcome, ({ cpu, probes }) => cpu / probes));
      return [{ what: this.about, unit: 'ms', ours, peers, reach: { atMost: 0.1 } }];
    } finally {
      await targets.stop();
    }
  },
};

async function measureMonitor(bench, children, ports) {
  const monitor = await startMonitor(bench, children, {
    scan: { intervals: { critical: '100ms', other: '100ms' }, max_concurrent_checks: CONCURRENT },
    services: httpServices(ports, SERVICES),
  });
  return await measureServer(bench, monitor, 'langgraph_monitor_probes_total');
}

async function measurePython(bench, children, ports) {
  const server = await startPython(bench, children, {
    interval: 0,
    concurrency: CONCURRENT,
    services: httpServices(ports, SERVICES, { timeout: 10 }),
  });
  return await measureServer(bench, server, 'monitor_probes_total');
}

/** A monitor counts its probes itself; the reading of /metrics that ends the measurement is in its CPU. */
async function measureServer(bench, { pid, url }, counter) {
  const count = async () => {
    const page = (await get(`${url}/metrics`)).body.toString();
    requireAllUp(page, SERVICES);
    return sumOf(page, counter);
  };
  await untilAllChecked(count);
  await sleep(bench.either(WARM_UP, 2) * 1000);
  const before = await count();
  const { cpu, result: after } = await cpuDuring([pid], async () => {
    await sleep(SECONDS * 1000);
    return await count();
  });
  return { cpu, probes: after - before };
}

/** @throws Error what `count` throws at last */
async function untilAllChecked(count) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      await count();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(500);
  }
}

async function measureBlackbox(bench, children, [port]) {
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
  await load(CLIENT_WARM_UP);
  const { cpu, result } = await cpuDuring([pid], () => load(SECONDS));
  return { cpu, probes: result.requests };
}

async function measureClient(_, children, ports) {
  const args = [CLIENT_WARM_UP, SECONDS, SERVICES, ...ports].map(String);
  const all = [program('peers/http-client.mjs'), ...args];
  const { probes, cpu_ms } = await ran(children, 'bare node:http', process.execPath, all);
  return { cpu: cpu_ms, probes };
}

async function measureC(bench, children, ports) {
  const args = ['saturate', CLIENT_WARM_UP, SECONDS, SERVICES, ...ports].map(String);
  const { probes, cpu_ms } = await ran(children, 'C', compile(bench, 'peers/probe.c'), args);
  return { cpu: cpu_ms, probes };
}
