// Scraping exporters, beside Prometheus and VictoriaMetrics on the same pages: CPU per sample, memory per series, and what a
// sample takes on disk, everything of the process counted.

import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring, memoryMiB } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startPrometheus, startVictoriaMetrics } from '../harness/peers.mjs';
import { startExporters } from '../harness/targets.mjs';

const TARGETS = 100;
const SERIES = 500;
const EVERY = 15;
const PROMETHEUS = 'Prometheus';

export default {
  name: 'scrape',
  about: `scraping ${TARGETS} targets of ${SERIES} series every ${EVERY} s`,
  async run(bench) {
    const targets = new Children();
    try {
      const ports = await startExporters(targets, TARGETS, SERIES);
      const measured = (who, start) => bench.measure(who, children => measure(bench, children, start, ports));
      const outcomes = [
        await measured(OURS, startOurs),
        await measured(PROMETHEUS, startTheirs),
        await measured('VictoriaMetrics', startVictoria),
      ];
      return linesOf(outcomes);
    } finally {
      await targets.stop();
    }
  },
};

function linesOf(outcomes) {
  const reach = share => ({ atMostOf: { who: PROMETHEUS, share } });
  const about = `${TARGETS} targets x ${SERIES} series every ${EVERY} s`;
  return [
    {
      what: `CPU per sample scraped, ${about}`,
      unit: 'µs',
      of: ({ cpu, samples }) => (cpu * 1000) / samples,
      share: 1.5,
    },
    {
      what: 'the same, memory per series',
      unit: 'KiB',
      of: ({ rss, series }) => (rss * 1024) / series,
      share: 1,
    },
    {
      what: 'the same, bytes per sample on disk',
      unit: 'B',
      of: ({ bytes, stored }) => bytes / stored,
      share: 0.4,
    },
  ].map(({ what, unit, of, share }) => {
    const [ours, ...peers] = outcomes.map(outcome => map(outcome, of));
    return { what, unit, ours, peers, reach: reach(share) };
  });
}

/** CPU in whole rounds, once all targets have been scraped and the code is compiled. */
async function measure(bench, children, start, ports) {
  const scrapes = [
    {
      job_name: 'exporters',
      scrape_interval: `${EVERY}s`,
      static_configs: [{ targets: ports.map(port => `127.0.0.1:${port}`) }],
    },
  ];
  const { pid, url, folder } = await start(bench, children, scrapes);
  const begun = performance.now();
  await sleep(bench.either(4, 2) * EVERY * 1000 + 1000);
  await requireAllUp(url);
  const rounds = bench.long ? 240 : bench.either(36, 4);
  const { cpu } = await cpuDuring([pid], () => sleep(rounds * EVERY * 1000));
  await requireAllUp(url);
  const perRound = TARGETS * SERIES;
  const stored = ((performance.now() - begun) / 1000 / EVERY) * perRound;
  const series = await value(url, 'count({job="exporters"})');
  return { cpu, samples: rounds * perRound, rss: memoryMiB(pid).rss, series, bytes: bytesOf(folder), stored };
}

async function startOurs(bench, children, scrape_configs) {
  const folder = mkdtempSync(join(bench.folder, 'scrape-'));
  const config = {
    scan: { intervals: { critical: '1h', other: '1h' } },
    services: { unused: { name: 'Unused', url: 'http://127.0.0.1:9/', critical: false } },
    scrape_configs,
  };
  return { ...(await startMonitor(bench, children, config, { storage: folder })), folder };
}

async function startTheirs(bench, children, scrapes) {
  const folder = mkdtempSync(join(bench.folder, 'scrape-'));
  return { ...(await startPrometheus(bench, children, scrapes, { folder })), folder };
}

async function startVictoria(bench, children, scrape_configs) {
  const folder = mkdtempSync(join(bench.folder, 'scrape-'));
  const file = join(bench.folder, 'scrape.yml');
  writeFileSync(file, JSON.stringify({ scrape_configs }));
  // What was scraped just now may be asked for.
  const flags = [`-promscrape.config=${file}`, '-search.latencyOffset=0s'];
  return {
    ...(await startVictoriaMetrics(children, { folder, flags, ready: url => get(`${url}/health`) })),
    folder,
  };
}

/** @throws Error when a target is not scraped */
async function requireAllUp(url) {
  const up = await value(url, 'sum(up{job="exporters"})');
  if (up !== TARGETS) throw new Error(`${up} of ${TARGETS} targets are up`);
}

async function value(url, query) {
  const { data } = await getJson(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  return Number(data.result[0]?.value[1]);
}

function bytesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).blocks * 512, 0);
}
