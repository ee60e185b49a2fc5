// Memory with a thousand services, every reading of every check kept: resident, after some minutes.

import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMiB } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { countSeries, requireAllUp } from '../harness/exposition.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { startBlackbox, startPrometheus, throughBlackbox } from '../harness/peers.mjs';
import { startHealthServer } from '../harness/targets.mjs';
import { each, inTurns, started } from '../harness/turns.mjs';

const SERVICES = 1000;
const EVERY = 30;
const STACK = 'Prometheus + blackbox_exporter';

export default {
  name: 'promql-memory',
  minutes: 2.7,
  about: `memory with ${SERVICES} services checked every ${EVERY} s, samples kept`,
  async run(bench) {
    const children = new Children();
    try {
      const services = httpServices(await startHealthServer(children, 5), SERVICES);
      // Garbage comes and goes: one reading says little.
      const measured = async server => {
        await sleep(bench.either(5000, 1000));
        return await taken(server);
      };
      const contestants = [
        await started(bench, OURS, () => startOurs(bench, children, services), measured),
        await started(bench, STACK, () => startStack(bench, children, services), measured),
      ];
      const minutes = bench.long ? 30 : bench.either(2, 0.75);
      await sleep(minutes * 60_000);
      return linesOf(
        bench,
        await inTurns(bench, bench.either(5, 2), contestants, { together: true }),
        minutes,
      );
    } finally {
      await children.stop();
    }
  },
};

function linesOf(bench, outcomes, minutes) {
  bench.say(
    `  series: ${outcomes.map(({ who, value }) => `${who} ${value?.at(-1)?.series ?? '-'}`).join(', ')}`,
  );
  const of = field => outcome => each(outcome, value => value[field]);
  return [
    { what: `${SERVICES} services every ${EVERY} s, memory after ${minutes} min`, field: 'rss', share: 0.7 },
    { what: 'the same, largest since the start', field: 'peak' },
    { what: 'the same, memory per series', field: 'perSeries', unit: 'KiB' },
  ].map(({ what, field, unit = 'MiB', share }) => {
    const [ours, ...peers] = outcomes.map(of(field));
    return { what, unit, ours, peers, reach: share && { atMostOf: { who: STACK, share } } };
  });
}

/** Memory of all its processes, and how many series it keeps. */
async function taken({ pids, series: count }) {
  const all = pids.map(memoryMiB);
  const sum = field => all.reduce((memory, process) => memory + process[field], 0);
  const [rss, peak, series] = [sum('rss'), sum('peak'), await count()];
  return { rss, peak, series, perSeries: (rss * 1024) / series };
}

async function startOurs(bench, children, services) {
  const every = `${EVERY}s`;
  const { pid, url } = await startMonitor(bench, children, {
    scan: { intervals: { critical: every, other: every }, max_concurrent_checks: 50 },
    services,
  });
  const series = async () => {
    const page = (await get(`${url}/metrics`)).body.toString();
    requireAllUp(page, SERVICES);
    return countSeries(page);
  };
  return { pids: [pid], series };
}

async function startStack(bench, children, services) {
  const blackbox = await startBlackbox(bench, children);
  const urls = Object.values(services).map(service => service.url);
  const prometheus = await startPrometheus(bench, children, [throughBlackbox(blackbox, urls, EVERY)]);
  const ask = async query => {
    const { data } = await getJson(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    return Number(data.result[0]?.value[1]);
  };
  const series = async () => {
    const up = await ask('sum(probe_success)');
    if (up !== SERVICES) throw new Error(`probe_success is 1 for ${up} targets of ${SERVICES}`);
    return await ask('count({__name__!=""})');
  };
  return { pids: [prometheus.pid, blackbox.pid], series };
}
