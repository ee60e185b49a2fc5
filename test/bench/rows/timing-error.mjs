// How far a reported response time is from the true one. The target answers after 20 ms and says how long it
// really took from reading the request to writing the answer, so what is left is the monitor's own error.

import { setTimeout as sleep } from 'node:timers/promises';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { compile, startBlackbox, startPython } from '../harness/peers.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startDelayServer } from '../harness/targets.mjs';
import { wrk } from '../harness/wrk.mjs';

/** Enough of them that the pages are not small; at 50 samples a second a thousand take 20 s. */
const SERVICES = 50;
const EVERY = 1000;
const POLL = 250;
/** It stays below ten connections a host, so that nobody waits for a connection. */
const CONCURRENT = 5;
const REACH = { idle: 1.5, hammered: 5 };

export default {
  name: 'timing-error',
  about: 'error of a reported 20 ms response time, p99',
  async run(bench) {
    const targets = new Children();
    try {
      const port = await startDelayServer(bench, targets);
      const seconds = bench.either(30, 8);
      const ours = await bench.measure(OURS, children => measureMonitor(bench, children, port, seconds));
      const peers = [
        await bench.measure('blackbox_exporter', children => measureBlackbox(bench, children, port, seconds)),
        await bench.measure('Python aiohttp', children => measurePython(bench, children, port, seconds)),
        await bench.measure('C', children => measureC(bench, children, port, seconds)),
      ];
      return ['idle', 'hammered'].map(phase => ({
        what: `${this.about}, ${phase === 'idle' ? 'idle' : 'while /cluster_health and /metrics are hammered'}`,
        unit: 'ms',
        ours: map(ours, errors => quantile(errors[phase], 0.99)),
        peers: peers.map(peer => map(peer, errors => quantile(errors[phase], 0.99))),
        reach: { atMost: REACH[phase] },
      }));
    } finally {
      await targets.stop();
    }
  },
};

const pagesOf = url => [`${url}/cluster_health`, `${url}/metrics`];

async function measureMonitor(bench, children, port, seconds) {
  const { url } = await startOurs(bench, children, port);
  return await inBothPhases(children, pagesOf(url), seconds, () =>
    pollErrors(`${url}/cluster_health`, seconds),
  );
}

function startOurs(bench, children, port) {
  return startMonitor(bench, children, {
    scan: { intervals: { critical: `${EVERY}ms`, other: `${EVERY}ms` }, max_concurrent_checks: CONCURRENT },
    services: httpServices([port], SERVICES),
  });
}

async function measurePython(bench, children, port, seconds) {
  const { url } = await startPython(bench, children, {
    interval: EVERY / 1000,
    concurrency: CONCURRENT,
    services: httpServices([port], SERVICES, { timeout: 10 }),
  });
  return await inBothPhases(children, pagesOf(url), seconds, () =>
    pollErrors(`${url}/cluster_health`, seconds),
  );
}

/** It has no /cluster_health; its page of recent results stands in for it. */
async function measureBlackbox(bench, children, port, seconds) {
  const { url } = await startBlackbox(bench, children);
  let next = 0;
  return await inBothPhases(children, [`${url}/`, `${url}/metrics`], seconds, async () => {
    const errors = [];
    await every(EVERY / SERVICES, seconds, async () => {
      const target = `http://127.0.0.1:${port}`;
      const record = next++;
      const probe = `${url}/probe?module=http_2xx&target=${encodeURIComponent(`${target}/probe/${record}`)}`;
      const page = (await get(probe)).body.toString();
      const reported = Number(/^probe_duration_seconds (\S+)/m.exec(page)[1]) * 1000;
      errors.push(Math.abs(reported - (await getJson(`${target}/actual/${record}`)).actual_us / 1000));
    });
    return errors;
  });
}

/**
 * What a plain client sees on this machine with the same load on it: a monitor beside it, in peace and
 * hammered.
 */
async function measureC(bench, children, port, seconds) {
  const binary = compile(bench, 'peers/probe.c');
  const { url } = await startOurs(bench, children, port);
  return await inBothPhases(children, pagesOf(url), seconds, async () => {
    const args = ['timing', EVERY / SERVICES, seconds, port].map(String);
    const output = await (await children.start('C', binary, args)).output();
    return output
      .trim()
      .split('\n')
      .map(line => Math.abs(Number(line)) / 1000);
  });
}

/** Measures once in peace and once with two bounded load generators at the program's pages. */
async function inBothPhases(children, pages, seconds, measure) {
  await sleep(3000);
  const idle = await measure();
  const load = pages.map(page => wrk(children, page, { connections: 4, seconds: seconds + 2 }));
  await sleep(1000);
  const hammered = await measure();
  await Promise.all(load);
  return { idle, hammered };
}

/**
 * Reads every check's reported time and the truth about it, which the target put into the body, once each.
 */
async function pollErrors(page, seconds) {
  const errors = new Map();
  await every(POLL, seconds, async () => {
    const { services } = await getJson(page);
    for (const { health } of Object.values(services)) {
      if (!health.data) continue;
      const { sequence, actual_us } = health.data;
      errors.set(sequence, Math.abs(health.response_time * 1000 - actual_us / 1000));
    }
  });
  return [...errors.values()];
}

/** Does `work` at a steady pace, in milliseconds, for a number of seconds; a late turn is not made up for. */
async function every(pace, seconds, work) {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const next = performance.now() + pace;
    await work();
    const rest = next - performance.now();
    if (rest > 0) await sleep(rest);
  }
}
