// Scraping exporters, beside Prometheus and VictoriaMetrics, each with exporters of its own that expose the same pages: CPU
// per sample, memory per series, and what a sample takes on disk, everything of the process counted.

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
import { each, inTurns, started } from '../harness/turns.mjs';

const SERIES = 500;
const PROMETHEUS = 'Prometheus';
const START = { [OURS]: startOurs, [PROMETHEUS]: startTheirs, VictoriaMetrics: startVictoria };

/** At the pace of a real cluster. */
const PACED = { targets: 100, every: 15 };
/**
 * What takes the most room in the first minutes (labels, journals, chunks that are not full) is little of what a sample takes
 * for good: fewer targets, scraped as often in two minutes as others in an hour.
 */
const FAST = { targets: 20, every: 0.5 };

export default {
  name: 'scrape',
  minutes: 3.5,
  about: `scraping ${PACED.targets} targets of ${SERIES} series every ${PACED.every} s`,
  async run(bench) {
    const paced = await scraped(bench, PACED, {
      warmUp: 2 * PACED.every,
      rounds: bench.either(bench.long ? 240 : 5, 2),
      seconds: PACED.every,
    });
    const seconds = bench.either(90, 30);
    const fast = await scraped(bench, FAST, { warmUp: 10, rounds: 1, seconds, mayMiss: 0.1 });
    return [...pacedLines(paced), fastLine(fast, (seconds + 10) / FAST.every)];
  },
};

function pacedLines(outcomes) {
  const what = `${PACED.targets} targets x ${SERIES} series every ${PACED.every} s`;
  const [cpu, memory] = [
    outcomes.map(outcome => each(outcome, ({ cpu, samples }) => (cpu * 1000) / samples)),
    outcomes.map(outcome => each(outcome, ({ rss, series }) => (rss * 1024) / series)),
  ];
  return [
    { what: `CPU per sample scraped, ${what}`, unit: 'µs', ...split(cpu), reach: share(1.5) },
    { what: 'the same, memory per series', unit: 'KiB', ...split(memory), reach: share(1) },
  ];
}

function fastLine(outcomes, scrapes) {
  const bytes = outcomes.map(outcome => map(outcome, rounds => rounds.at(-1).bytes / rounds.at(-1).stored));
  return {
    what: `bytes per sample on disk after ${scrapes} scrapes of ${FAST.targets} targets x ${SERIES} series`,
    of: 'disk',
    unit: 'B',
    ...split(bytes),
    reach: share(0.4),
  };
}

const split = ([ours, ...peers]) => ({ ours, peers });
const share = share => ({ atMostOf: { who: PROMETHEUS, share } });

/** All contestants at the same time: each measures whole rounds, once all targets were scraped and the code is compiled. */
async function scraped(bench, { targets, every }, { warmUp, rounds, seconds, mayMiss = 0 }) {
  const children = new Children();
  try {
    const contestants = [];
    for (const [who, start] of Object.entries(START))
      contestants.push(
        await started(
          bench,
          who,
          async () => {
            const ports = await startExporters(children, targets, SERIES);
            return await start(bench, children, scrapeConfigs(ports, every));
          },
          server => measure(server, { targets, every, seconds, mayMiss, since: warmUp }),
        ),
      );
    await sleep(warmUp * 1000 + 1000);
    return await inTurns(bench, rounds, contestants, { together: true });
  } finally {
    await children.stop();
  }
}

function scrapeConfigs(ports, every) {
  return [
    {
      job_name: 'exporters',
      scrape_interval: `${every * 1000}ms`,
      scrape_timeout: `${Math.min(every, 10) * 1000}ms`,
      static_configs: [{ targets: ports.map(port => `127.0.0.1:${port}`) }],
    },
  ];
}

/** @param mayMiss the part of all scrapes that may fail where what is measured is the disk */
async function measure({ pid, url, folder }, { targets, every, seconds, mayMiss, since }) {
  if (mayMiss === 0) await requireAllUp(url, targets);
  const { cpu } = await cpuDuring([pid], () => sleep(seconds * 1000));
  if (mayMiss === 0) await requireAllUp(url, targets);
  const samples = (seconds / every) * targets * SERIES;
  const scrapes = await value(url, 'sum(sum_over_time(up{job="exporters"}[1h]))');
  const wanted = ((since + seconds) / every) * targets * (1 - mayMiss);
  if (mayMiss > 0 && scrapes < wanted) throw new Error(`${scrapes} scrapes, fewer than ${wanted}`);
  const stored = scrapes * SERIES;
  const series = await value(url, 'count({job="exporters"})');
  return { cpu, samples, rss: memoryMiB(pid).rss, series, bytes: bytesOf(folder), stored };
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
  const file = join(mkdtempSync(join(bench.folder, 'victoria-')), 'scrape.yml');
  writeFileSync(file, JSON.stringify({ scrape_configs }));
  // What was scraped just now may be asked for.
  const flags = [`-promscrape.config=${file}`, '-search.latencyOffset=0s'];
  return {
    ...(await startVictoriaMetrics(children, { folder, flags, ready: url => get(`${url}/health`) })),
    folder,
  };
}

/** @throws Error when a target is not scraped */
async function requireAllUp(url, targets) {
  const up = await value(url, 'sum(up{job="exporters"})');
  if (up !== targets) throw new Error(`${up} of ${targets} targets are up`);
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
