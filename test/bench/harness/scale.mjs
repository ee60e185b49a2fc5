// In: how many services. Out: what it costs to check them every 30 s, by four monitors that write into one VictoriaMetrics, by one
// monitor alone, and by Prometheus with blackbox_exporter.

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuMillis, memoryMiB } from './accounting.mjs';
import { HealthReader, isHealthy, knownServices } from './health-reader.mjs';
import { idOf, startLargeCluster } from './large-cluster.mjs';
import { freePort, get, getJson } from './loopback.mjs';
import { startMonitor } from './monitor.mjs';
import {
  startAlertmanager,
  startBlackbox,
  startPrometheus,
  startVictoriaMetrics,
  startVmalert,
  throughBlackbox,
} from './peers.mjs';
import { median, quantile } from './statistics.mjs';

export const EVERY = 30;
export const SHARDS = 4;
/** Services that begin to fail while it is measured. */
const FLIPS = 8;
const RULES = ['status', 'services'].map(name =>
  fileURLToPath(new URL(`../../../rules/${name}.rules.yml`, import.meta.url)),
);
/** Milliseconds for a monitor to read its configuration, while those before it make their first checks. */
const START = { patience: 90_000 };
/** Seconds until every monitor has to know every service, and until it has to find the cluster healthy. */
const MAX_START = 150;
const MAX_HEALTHY = 240;
/** Seconds until a failure has to be seen. */
const MAX_SEEN = 120;

const SCAN = { intervals: { critical: `${EVERY}s`, other: `${EVERY}s` } };

/** Four monitors, each with a part of the services, and what their storage needs. */
export async function shards(bench, children, count, seconds) {
  const cluster = await startLargeCluster(children, count);
  const alertmanager = await startAlertmanager(bench, children);
  const port = await freePort();
  const storage = await startVictoriaMetrics(children, {
    folder: mkdtempSync(join(bench.folder, 'victoria-')),
    flags: ['-retentionPeriod=1d', `-vmalert.proxyURL=http://127.0.0.1:${port}`],
  });
  const rules = { port, storage: storage.url, alertmanager: alertmanager.url, rules: RULES, every: '15s' };
  const vmalert = await startVmalert(children, rules);
  const monitors = [];
  for (let index = 0; index < SHARDS; index++)
    monitors.push(await startShard(bench, children, { cluster, storage, index }));
  await untilKnown(bench, monitors, count);
  const measured = await measure(bench, { cluster, monitors, seconds, others: [storage, vmalert] });
  const ask = query => value(`${storage.url}/api/v1/query?nocache=1&query=${encodeURIComponent(query)}`);
  return { ...measured, ...(await figures(ask, seconds)), pending: await ask(PENDING) };
}

const PENDING = 'sum(prometheus_remote_storage_samples_pending)';

function startShard(bench, children, { cluster, storage, index }) {
  const config = {
    node: `node${index}`,
    host: { enabled: false },
    scan: SCAN,
    query: { url: storage.url },
    remote_write: [{ url: `${storage.url}/api/v1/write` }],
    shard: { index, of: SHARDS },
    services: cluster.services(),
  };
  return startMonitor(bench, children, config, START);
}

/** One monitor with its own storage and all rules that are shipped. */
export async function oneProcess(bench, children, count, seconds) {
  const cluster = await startLargeCluster(children, count);
  const config = { node: 'node0', host: { enabled: false }, scan: SCAN, services: cluster.services() };
  const monitor = await startMonitor(bench, children, config, START);
  await untilKnown(bench, [monitor], count);
  const measured = await measure(bench, { cluster, monitors: [monitor], seconds, others: [] });
  const ask = query => value(`${monitor.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  return {
    ...measured,
    ...(await figures(ask, seconds)),
    series: await ask('langgraph_monitor_samples_series'),
    rules: (await ask('langgraph_monitor_rule_evaluation_duration_seconds')) * 1000,
    query: await queryTime(monitor.url),
  };
}

/** Prometheus, which has each service checked by blackbox_exporter. */
export async function prometheus(bench, children, count, seconds) {
  const cluster = await startLargeCluster(children, count);
  const blackbox = await startBlackbox(bench, children);
  const server = await startPrometheus(bench, children, [throughBlackbox(blackbox, cluster.urls, EVERY)]);
  await sleep(2 * EVERY * 1000);
  const ask = query => value(`${server.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const isSeen = async number =>
    (await ask(`count(probe_success{instance="${cluster.url(number)}"} == 0)`)) === 1;
  const measured = await during([server, blackbox], seconds, () =>
    flip(bench, cluster, seconds, async number => {
      const giveUp = performance.now() + MAX_SEEN * 1000;
      while (!(await isSeen(number))) {
        if (performance.now() > giveUp) throw new Error(`a failure is not seen after ${MAX_SEEN} s`);
        await sleep(250);
      }
      const at = performance.now();
      return { first: at, all: at };
    }),
  );
  const [cpu, memory] = [sum(measured.cpus), sum(measured.memories)];
  const page = (await get(`${server.url}/metrics`)).body.toString();
  const interval = /^prometheus_target_interval_length_seconds\{.*quantile="0.99"\} (\S+)/m.exec(page);
  return {
    ...{ cpu, memory, seen: measured.result.seen },
    checks: (await ask(`sum(count_over_time(probe_success[${seconds}s]))`)) / seconds,
    lag: interval ? Math.max(0, Number(interval[1]) - EVERY) * 1000 : Number.NaN,
    series: Number(/^prometheus_tsdb_head_series (\S+)/m.exec(page)[1]),
  };
}

/**
 * Waits until each monitor knows each service and finds the cluster healthy, before which checks are made twice as often, and some
 * more for code to be compiled and caches to be full.
 */
async function untilKnown(bench, monitors, count) {
  const begun = performance.now();
  const passed = () => Math.round((performance.now() - begun) / 1000);
  const until = async (max, isReady, problem) => {
    for (const { url } of monitors)
      while (!(await isReady(url))) {
        if (passed() > max) throw new Error(`after ${max} s ${problem}`);
        await sleep(1000);
      }
  };
  const isKnown = async url => (await knownServices(url)) === count;
  await until(MAX_START, isKnown, 'a monitor does not know all services');
  bench.say(`    all services known after ${passed()} s`);
  await until(MAX_HEALTHY, isHealthy, 'a monitor does not find the cluster healthy');
  bench.say(`    healthy after ${passed()} s`);
  await sleep(bench.either(EVERY, 10) * 1000);
}

/** CPU and memory of all, and what clients see that ask each monitor for /cluster_health once a second. */
async function measure(bench, { cluster, monitors, seconds, others }) {
  const reader = new HealthReader(monitors.map(({ url }) => url));
  try {
    await sleep(5000);
    reader.reset();
    const { cpus, memories, result } = await during([...monitors, ...others], seconds, () =>
      flip(bench, cluster, seconds, number => reader.shown(idOf(number), isDown, MAX_SEEN * 1000)),
    );
    const own = monitors.length;
    return {
      ...{ cpu: sum(cpus.slice(0, own)), memory: sum(memories.slice(0, own)), ...result },
      ...{ cpuOfOthers: cpus.slice(own), memoryOfOthers: memories.slice(own) },
      latency: quantile(reader.latencies, 0.99),
      latencyMedian: median(reader.latencies),
      bytes: reader.bytes / reader.answers,
      size: reader.size,
    };
  } finally {
    await reader.stop();
  }
}

/**
 * Has services fail one after the other. @param shown resolves with the times at which it is seen, first and by all
 * @returns {Promise<{seen: number[], spread: number[]}>} how many seconds each took, and how many of them from the first to the last
 */
async function flip(bench, cluster, seconds, shown) {
  const numbers = cluster.spare(FLIPS);
  const times = [];
  for (const [i, number] of numbers.entries()) {
    const begun = performance.now();
    await cluster.set([number], 'failing');
    times.push(shown(number).then(({ first, all }) => [(all - begun) / 1000, (all - first) / 1000]));
    times[i].catch(() => {});
    await sleep((seconds * 1000) / FLIPS / 2);
  }
  const both = await Promise.all(times);
  const [seen, spread] = [0, 1].map(i => both.map(each => each[i]));
  const list = values => values.map(time => time.toFixed(1)).join(', ');
  bench.say(`    seen after ${list(seen)} s, the last monitor ${list(spread)} s after the first`);
  await cluster.set(numbers, 'healthy');
  return { seen, spread };
}

/** CPU of each process, as a share of one core, and resident memory in MiB, while `work` runs and for so many seconds at least. */
async function during(processes, seconds, work) {
  const pids = processes.map(({ pid }) => pid);
  const before = pids.map(cpuMillis);
  const begun = performance.now();
  const [result] = await Promise.all([work(), sleep(seconds * 1000)]);
  const wall = performance.now() - begun;
  return {
    cpus: pids.map((pid, i) => (cpuMillis(pid) - before[i]) / wall),
    memories: pids.map(pid => memoryMiB(pid).rss),
    result,
  };
}

/** What the monitors say of themselves. @param seconds that were measured */
async function figures(ask, seconds) {
  const range = `${Math.max(seconds, 2 * EVERY)}s`;
  const buckets = `sum by (le) (increase(langgraph_monitor_check_start_lag_seconds_bucket[${range}]))`;
  return {
    lag: (await ask(`histogram_quantile(0.99, ${buckets})`)) * 1000,
    checks: await ask(`sum(rate(langgraph_monitor_probes_total[${range}]))`),
  };
}

/** Milliseconds of a query over one series of each service, the median of some seconds. */
async function queryTime(url) {
  const times = [];
  const query = encodeURIComponent('sum(langgraph_monitor_service_up)');
  for (const end = performance.now() + 5000; performance.now() < end; ) {
    const begun = performance.now();
    await get(`${url}/api/v1/query?query=${query}`);
    times.push(performance.now() - begun);
  }
  return median(times);
}

const isDown = status => ['unhealthy', 'timeout', 'error'].includes(status);
const sum = values => values.reduce((total, value) => total + value, 0);

async function value(url) {
  const { data } = await getJson(url);
  return Number(data.result[0]?.value[1]);
}
