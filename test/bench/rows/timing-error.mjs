// How far a reported response time is from the true one. The target answers after 20 ms and says how long it
// really took from reading the request to writing the answer, so what is left is the monitor's own error.

import { setTimeout as sleep } from 'node:timers/promises';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { compile, startBlackbox, startPython } from '../harness/peers.mjs';
import { blackboxErrors, errorsOnPage, WATCH, watchConfig } from '../harness/reported-times.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startDelayServer } from '../harness/targets.mjs';
import { wrk } from '../harness/wrk.mjs';

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
        of: 'reported times',
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
  const { url } = await startMonitor(bench, children, watchConfig(port));
  return await inBothPhases(children, pagesOf(url), seconds, () => errorsOnPage(url, seconds));
}

async function measurePython(bench, children, port, seconds) {
  const { url } = await startPython(bench, children, {
    interval: WATCH.every / 1000,
    concurrency: WATCH.concurrent,
    services: httpServices([port], WATCH.services, { timeout: 10 }),
  });
  return await inBothPhases(children, pagesOf(url), seconds, () => errorsOnPage(url, seconds));
}

/** It has no /cluster_health; its page of recent results stands in for it. */
async function measureBlackbox(bench, children, port, seconds) {
  const { url } = await startBlackbox(bench, children);
  const errors = blackboxErrors(url, port);
  return await inBothPhases(children, [`${url}/`, `${url}/metrics`], seconds, () => errors(seconds));
}

/**
 * What a plain client sees on this machine with the same load on it: a monitor beside it, in peace and
 * hammered.
 */
async function measureC(bench, children, port, seconds) {
  const binary = compile(bench, 'peers/probe.c');
  const { url } = await startMonitor(bench, children, watchConfig(port));
  return await inBothPhases(children, pagesOf(url), seconds, async () => {
    const args = ['timing', WATCH.every / WATCH.services, seconds, port].map(String);
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
  const load = Promise.all(pages.map(page => wrk(children, page, { connections: 4, seconds: seconds + 2 })));
  // It is awaited below; what fails before that must not end the bench.
  load.catch(() => {});
  await sleep(1000);
  const hammered = await measure();
  await load;
  return { idle, hammered };
}
