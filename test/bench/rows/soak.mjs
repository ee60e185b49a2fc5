// Memory under use: six services of all kinds checked every second, one of which fails now and then, with readers,
// reloads and alerts that reach a webhook. Does resident memory still grow once caches are full and code is compiled?

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { memoryMiB } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { startFailingTarget } from '../harness/failing-target.mjs';
import { get, post } from '../harness/loopback.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { slope } from '../harness/statistics.mjs';
import { startWebhook } from '../harness/webhook.mjs';

const SAMPLER = fileURLToPath(new URL('../harness/heap-sampler.mjs', import.meta.url));
const MINUTE = 60_000;
/** Between two questions of the readers, milliseconds. */
const READ_EVERY = 200;
const RELOAD_EVERY = MINUTE;
/** A service fails for the first part of each such span. */
const OUTAGE_EVERY = 3 * MINUTE;
const OUTAGE = 20_000;
const SAMPLE_EVERY = 10_000;

const READ = [
  '/cluster_health',
  '/metrics',
  '/history?limit=50',
  '/alerts?detail=true',
  '/stats',
  '/alert_history?limit=50',
  '/api/v1/query?query=avg_over_time(langgraph_monitor_service_up[30m])',
  '/api/v1/alerts',
  '/api/v1/rules',
  '/api/v2/alerts/groups',
  range => `/api/v1/query_range?query=langgraph_monitor_service_up&${range}`,
  range => `/api/v1/query_range?query=rate(langgraph_monitor_scans_total[5m])&${range}`,
];

export default {
  name: 'soak',
  minutes: 10.2,
  // What it is about takes hours.
  apart: true,
  about: 'memory under use, a check a second with readers, reloads and alerts',
  async run(bench) {
    const minutes = bench.long ? 180 : bench.either(10, 1);
    const rise = minutes / 6;
    const outcome = await bench.measure(OURS, children => soak(bench, children, minutes));
    const line = (what, unit, value, reach) => ({ what, unit, ours: map(outcome, value), peers: [], reach });
    const after = points =>
      slope(
        meansOf(
          points.filter(([hours]) => hours * 60 >= rise),
          rise,
        ),
      );
    return [
      line(`${this.about}, after ${minutes} min`, 'MiB', ({ points }) => points.at(-1)[1]),
      line(
        `its growth after the first ${Math.round(rise)} min`,
        'MiB/h',
        ({ points }) => after(points),
        // In minutes a hundred kilobytes are many an hour.
        bench.long ? { atMost: 1, text: 'flat (at most 1 MiB/h)' } : undefined,
      ),
      line('the same without what is resident of its files', 'MiB/h', ({ points }) =>
        after(points.map(([hours, , anonymous]) => [hours, anonymous])),
      ),
    ];
  },
};

/**
 * Means of the quarters of an hour that are whole: the heaps are compacted that often, and rise by some MiB in between, which is
 * no growth but would count as some. Of a run without a whole one, the points.
 */
function meansOf(points, rise) {
  const quarters = new Map();
  for (const point of points) {
    const quarter = Math.floor((point[0] * 60 - rise) / 15);
    quarters.set(quarter, [...(quarters.get(quarter) ?? []), point]);
  }
  const last = Math.max(...quarters.keys());
  const means = [...quarters]
    .filter(([quarter]) => quarter < last)
    .map(([, of]) => [0, 1].map(axis => of.reduce((sum, point) => sum + point[axis], 0) / of.length));
  return means.length > 1 ? means : points;
}

/** @returns {Promise<{points: [number, number, number][]}>} hours since the start, resident and anonymous memory in MiB. */
async function soak(bench, children, minutes) {
  const [target, webhook] = [await startFailingTarget(), await startWebhook()];
  const stop = new AbortController();
  try {
    const services = await sixServices(bench, children);
    services.flapping = { url: `${target.url}/flapping`, critical: true };
    const folder = mkdtempSync(join(bench.folder, 'soak-'));
    const heap = join(folder, 'heap.jsonl');
    writeFileSync(heap, '');
    const alertmanager = join(folder, 'alertmanager.yml');
    writeFileSync(alertmanager, JSON.stringify(alertmanagerYml(webhook)));
    const { pid, url } = await startMonitor(
      bench,
      children,
      {
        scan: { intervals: { critical: '1s', other: '1s' } },
        alerting: { config_file: alertmanager },
        services,
      },
      { flags: ['--web.enable-lifecycle'], node: ['--import', SAMPLER], env: { SOAK_HEAP: heap } },
    );
    const use = Promise.all([
      every(READ_EVERY, stop.signal, turn => get(url + questionOf(turn))),
      every(RELOAD_EVERY, stop.signal, () => post(`${url}/-/reload`, '')),
      every(OUTAGE_EVERY, stop.signal, async () => {
        target.failing.add('/flapping');
        await sleep(OUTAGE);
        target.failing.delete('/flapping');
      }),
    ]);
    const points = await Promise.race([sampled(bench, pid, minutes, heap), use]);
    if (webhook.requests === 0 && minutes > 5) throw new Error('no alert reached the webhook');
    return { points };
  } finally {
    stop.abort();
    await Promise.all([target.close(), webhook.close()]);
  }
}

const alertmanagerYml = webhook => ({
  route: { receiver: 'hook', group_by: ['target'], group_wait: '0s', group_interval: '10s' },
  receivers: [{ name: 'hook', webhook_configs: [{ url: webhook.url }] }],
});

function questionOf(turn) {
  const question = READ[turn % READ.length];
  const now = Math.floor(Date.now() / 1000);
  return typeof question === 'string' ? question : question(`start=${now - 3600}&end=${now}&step=15`);
}

/** Does something again and again until the signal; a failure ends it and is thrown. */
async function every(pause, signal, work) {
  for (let turn = 0; !signal.aborted; turn++) {
    await work(turn);
    await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function sampled(bench, pid, minutes, heap) {
  const points = [];
  const start = performance.now();
  for (let n = 0; ; n++) {
    const passed = performance.now() - start;
    const { rss, anonymous } = memoryMiB(pid);
    points.push([passed / 3_600_000, rss, anonymous]);
    if (n % 30 === 0)
      bench.say(
        `    ${Math.round(passed / MINUTE)} min: ${rss.toFixed(1)} MiB, ${anonymous.toFixed(1)} anonymous${heaps(heap)}`,
      );
    if (passed >= minutes * MINUTE) return points;
    await sleep(SAMPLE_EVERY);
  }
}

/** The newest of what each thread says of its heap. */
function heaps(file) {
  const latest = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { thread, used, total, external } = JSON.parse(line);
    latest.set(thread, `; thread ${thread}: ${used} of ${total} used, ${external} external`);
  }
  return [...latest]
    .sort(([a], [b]) => a - b)
    .map(([, words]) => words)
    .join('');
}
