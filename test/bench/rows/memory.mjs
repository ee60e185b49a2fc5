// Memory at rest with six services: resident, after a minute. With --long also whether it grows over an hour.

import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMiB } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startAlertmanager, startPython } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { startStack } from '../harness/stack.mjs';
import { slope } from '../harness/statistics.mjs';
import { each, inTurns, started } from '../harness/turns.mjs';

const STACK = 'Prometheus + Alertmanager + three exporters';

export default {
  name: 'memory',
  minutes: 1.6,
  about: 'memory at rest, six services',
  async run(bench) {
    const children = new Children();
    try {
      const services = await sixServices(bench, children);
      const ours = async () => [(await startMonitor(bench, children, { services })).pid];
      const python = async () => [
        (await startPython(bench, children, { interval: 30, concurrency: 5, services })).pid,
      ];
      const measured = async pids => {
        await sleep(bench.either(5000, 1000));
        return total(pids);
      };
      const contestants = [
        await started(bench, OURS, ours, measured),
        await started(bench, 'Python aiohttp', python, measured),
        await started(bench, STACK, () => startAll(bench, children, services), measured),
      ];
      await sleep(bench.either(60_000, 8000));
      const outcomes = await inTurns(bench, bench.either(5, 2), contestants, { together: true });
      const of = field => outcomes.map(outcome => each(outcome, value => value[field]));
      const lines = [
        { what: this.about, field: 'rss', reach: { atMostOf: { who: STACK, share: 0.6 } } },
        { what: 'memory at its largest since the start', field: 'peak' },
      ].map(({ what, field, reach }) => {
        const [ours, ...peers] = of(field);
        return { what, unit: 'MiB', ours, peers, reach };
      });
      if (bench.long && 'value' in contestants[0]) lines.push(await overAnHour(bench, contestants[0].value));
      return lines;
    } finally {
      await children.stop();
    }
  },
};

/** Resident memory of several processes; what they share counts for each, as the kernel reports it. */
function total(pids) {
  const all = pids.map(memoryMiB);
  const sum = field => all.reduce((memory, process) => memory + process[field], 0);
  return { rss: sum('rss'), peak: sum('peak') };
}

async function startAll(bench, children, services) {
  const alertmanager = await startAlertmanager(bench, children);
  const { pids } = await startStack(bench, children, services, { every: '15s' });
  return [...pids, alertmanager.pid];
}

/** The slope of resident memory, the first ten minutes left out: caches fill and code is compiled then. */
async function overAnHour(bench, pids) {
  const points = [];
  const start = performance.now();
  for (let minute = 0; minute < 60; minute++) {
    bench.say(`  ${minute} min: ${total(pids).rss.toFixed(1)} MiB`);
    for (let i = 0; i < 6; i++) {
      await sleep(10_000);
      const hours = (performance.now() - start) / 3_600_000;
      if (minute >= 10) points.push([hours, total(pids).rss]);
    }
  }
  return {
    what: 'memory growth over an hour',
    unit: 'MiB/h',
    ours: { who: OURS, value: slope(points) },
    peers: [],
    reach: { atMost: 1, text: 'flat (at most 1 MiB/h)' },
  };
}
