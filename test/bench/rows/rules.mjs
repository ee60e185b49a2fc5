// What the shipped rules cost: one evaluation of all of them, by the monitor and by a Prometheus that scrapes it and loads
// the same files. Both say themselves how long they took; one thread each, so that is CPU time on a machine that has some.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { requireAllUp, sumOf } from '../harness/exposition.mjs';
import { get } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { startPrometheus } from '../harness/peers.mjs';
import { startHealthServer } from '../harness/targets.mjs';

const RULES = fileURLToPath(new URL('../../../rules/', import.meta.url));
const FILES = readdirSync(RULES)
  .filter(file => file.endsWith('.rules.yml'))
  .map(file => join(RULES, file));
/** Services, seconds between two evaluations, and what an evaluation may take, in milliseconds. */
const CASES = [
  { services: 6, every: 2, atMost: 10 },
  { services: 1000, every: 5, atMost: 500 },
];

export default {
  name: 'rules',
  minutes: 1.8,
  about: 'all shipped rules, one evaluation',
  async run(bench) {
    const lines = [];
    for (const each of CASES) lines.push(await measure(bench, each));
    return lines;
  },
};

async function measure(bench, { services: count, every, atMost }) {
  const children = new Children();
  try {
    const services = httpServices(await startHealthServer(children, 5), count);
    const interval = `${every}s`;
    const monitor = await startMonitor(bench, children, {
      scan: { intervals: { critical: interval, other: interval }, max_concurrent_checks: 50 },
      rule_files: FILES,
      services,
    });
    const page = async url => (await get(`${url}/metrics`)).body.toString();
    const prometheus = await bench.attempt('Prometheus', () =>
      startFor(bench, children, monitor.url, interval),
    );
    await sleep(bench.either(6 * every, 3 * every) * 1000);
    requireAllUp(await page(monitor.url), count);
    const times = { ours: [], prometheus: [] };
    for (let i = 0; i < bench.either(8, 4); i++) {
      await sleep(every * 1000);
      times.ours.push(sumOf(await page(monitor.url), 'langgraph_monitor_rule_evaluation_duration_seconds'));
      if ('value' in prometheus)
        times.prometheus.push(
          sumOf(await page(prometheus.value.url), 'prometheus_rule_group_last_duration_seconds'),
        );
    }
    return {
      what: `all shipped rules, one evaluation, ${count} services`,
      of: 'query thread',
      unit: 'ms',
      ours: { who: OURS, value: times.ours.map(toMillis) },
      peers: [map(prometheus, () => times.prometheus.map(toMillis))],
      reach: { atMost },
    };
  } finally {
    await children.stop();
  }
}

const toMillis = seconds => seconds * 1000;

function startFor(bench, children, url, interval) {
  const scrape = {
    job_name: 'langgraph-monitor',
    scrape_interval: interval,
    scrape_timeout: interval,
    static_configs: [{ targets: [new URL(url).host] }],
  };
  return startPrometheus(bench, children, [scrape], {
    config: { global: { evaluation_interval: interval }, rule_files: FILES },
  });
}
