// In: nothing but the six services. Out: the monitor over an hour of its own series that goes on, and a Prometheus that
// has the same hour, scrapes the monitor and evaluates the same rules.

import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OURS } from './bench.mjs';
import { freePort, get } from './loopback.mjs';
import { importHistory, startMonitor } from './monitor.mjs';
import { startPrometheus } from './peers.mjs';
import { sixServices } from './six-services.mjs';

const RULES = fileURLToPath(new URL('../../../rules/', import.meta.url));
const FILES = readdirSync(RULES)
  .filter(file => file.endsWith('.rules.yml'))
  .map(file => join(RULES, file));
/** Between two samples, in seconds. */
export const SCRAPE = 15;
const HOUR = 3600;
/** A moment in seconds is far from every sample's, so that it does not matter on which side a range is open. */
const OFFSET = 7.123;
const IS_COUNTER = /_(?:total|count|sum|bucket)$/;

/**
 * @typedef {{pid: number, url: string}} Server
 * @typedef {{end: number, instance: string, servers: import('./bench.mjs').Outcome[]}} LiveHistory `end` in seconds: the
 * history's last whole minute; `servers` are {@link OURS} and Prometheus, an Outcome of a Server each
 */

/** @returns {Promise<LiveHistory>} after two scrapes of each; their processes are `children`'s */
export async function liveHistory(bench, children) {
  const services = await sixServices(bench, children);
  const port = await freePort();
  const config = { services, rule_files: FILES };
  const page = await seriesPage(bench, config, port);
  const end = Math.floor(Date.now() / 60_000) * 60;
  const folder = mkdtempSync(join(bench.folder, 'live-'));
  const file = join(folder, 'history.om');
  writeFileSync(file, openMetrics(page, end));
  const servers = [
    await bench.attempt(OURS, async () => {
      const storage = join(folder, 'monitor');
      await importHistory(children, file, storage);
      return await startMonitor(bench, children, config, { storage, port });
    }),
    await bench.attempt('Prometheus', async () => {
      const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(folder, 'data')];
      await (await children.start('promtool', 'promtool', args)).output();
      return await startPrometheus(bench, children, [scrapeOf(port)], { folder, config: rulesConfig() });
    }),
  ];
  await sleep(2.5 * SCRAPE * 1000);
  return { end, instance: `127.0.0.1:${port}`, servers };
}

function scrapeOf(port) {
  return {
    job_name: 'langgraph-monitor',
    scrape_interval: `${SCRAPE}s`,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  };
}

function rulesConfig() {
  return { global: { evaluation_interval: `${SCRAPE}s` }, rule_files: FILES };
}

/** All series of a monitor with these services once it has scraped and evaluated twice, in the text format. */
async function seriesPage(bench, config, port) {
  const outcome = await bench.measure(OURS, async children => {
    const { url } = await startMonitor(bench, children, config, { port });
    await sleep(2.5 * SCRAPE * 1000);
    const match = encodeURIComponent('{__name__!=""}');
    return (await get(`${url}/federate?match[]=${match}`)).body.toString();
  });
  if (!('value' in outcome)) throw new Error('there are no series to make a history of');
  return outcome.value;
}

const SAMPLE = /^((?:[a-zA-Z_:][\w:]*)(?:\{.*\})?) (\S+)(?: \d+)?$/;

/** An hour of what a page shows: counters grow, gauges vary around what they were. */
function openMetrics(page, end) {
  const count = HOUR / SCRAPE;
  const times = Array.from({ length: count }, (_, i) => (end - (count - i) * SCRAPE + OFFSET).toFixed(3));
  const lines = [];
  for (const [i, line] of page.split('\n').entries()) {
    const [, series, text] = SAMPLE.exec(line) ?? [];
    if (series === undefined || text === 'NaN') continue;
    const valueAt = changing(series.split('{', 1)[0], Number(text), i);
    for (const [at, time] of times.entries()) lines.push(`${series} ${valueAt(at)} ${time}`);
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function changing(name, value, seed) {
  if (IS_COUNTER.test(name)) {
    const isSum = name.endsWith('_sum');
    return at => (isSum ? value * (1 + at / 20) : Math.floor(value * (1 + at / 20)));
  }
  // States stay what they are.
  if (Number.isInteger(value) && value < 10) return () => value;
  return at => Number((value * (1 + 0.1 * Math.sin(at / 7 + seed))).toPrecision(6));
}
