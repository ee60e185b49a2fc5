// Memory at rest with six services: resident, after a minute. With --long also whether it grows over an hour.

import { setTimeout as sleep } from 'node:timers/promises';
import { memoryMiB } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { get } from '../harness/loopback.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import {
  startAlertmanager,
  startBlackbox,
  startHaproxyExporter,
  startPrometheus,
  startPython,
  startRedisExporter,
  throughBlackbox,
} from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { slope } from '../harness/statistics.mjs';

const STACK = 'Prometheus + Alertmanager + three exporters';

export default {
  name: 'memory',
  about: 'memory at rest, six services',
  async run(bench) {
    const children = new Children();
    try {
      const services = await sixServices(bench, children);
      const contestants = [
        await bench.attempt(OURS, async () => [(await startMonitor(bench, children, { services })).pid]),
        await bench.attempt('Python aiohttp', async () => [
          (await startPython(bench, children, { interval: 30, concurrency: 5, services })).pid,
        ]),
        await bench.attempt(STACK, () => startStack(bench, children, services)),
      ];
      await sleep(bench.either(65_000, 10_000));
      const [ours, ...peers] = contestants.map(outcome => map(outcome, total));
      const of = field => outcome => map(outcome, value => value[field]);
      const lines = [
        { what: this.about, field: 'rss', reach: { atMost: 100 } },
        { what: 'memory at its largest since the start', field: 'peak' },
      ].map(({ what, field, reach }) => ({
        what,
        unit: 'MiB',
        ours: of(field)(ours),
        peers: peers.map(of(field)),
        reach,
      }));
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

async function startStack(bench, children, services) {
  const blackbox = await startBlackbox(bench, children);
  const exporters = [];
  if (services.redis.host)
    exporters.push(await startRedisExporter(children, services.redis.host.split(':')[1]));
  if (services.haproxy.stats_url)
    exporters.push(await startHaproxyExporter(children, services.haproxy.stats_url));
  const alertmanager = await startAlertmanager(bench, children);
  const urls = Object.values(services).flatMap(service => service.url ?? []);
  const prometheus = await startPrometheus(bench, children, [
    throughBlackbox(blackbox, urls, 15),
    {
      job_name: 'exporters',
      scrape_interval: '15s',
      static_configs: [{ targets: exporters.map(({ url }) => new URL(url).host) }],
    },
  ]);
  await get(`${prometheus.url}/-/healthy`);
  return [prometheus, alertmanager, blackbox, ...exporters].map(({ pid }) => pid);
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
