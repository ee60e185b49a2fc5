// How far a reported response time is from the true one. The target answers after 20 ms and says how long it
// really took from reading the request to writing the answer, so what is left is the monitor's own error.

import { setTimeout as sleep } from 'node:timers/promises';
import { map, OURS } from '../harness/bench.mjs';
import { Children, withChildren } from '../harness/children.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { compile, startBlackbox, startPython } from '../harness/peers.mjs';
import { blackboxErrors, errorsOnPage, WATCH, watchConfig } from '../harness/reported-times.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startDelayServer, startExporters } from '../harness/targets.mjs';
import { each, inTurns } from '../harness/turns.mjs';
import { wrk } from '../harness/wrk.mjs';

/** Milliseconds from a start until what is measured is no longer the start. */
const SETTLING = 2500;
/** Of a phase; at 50 answers a second. */
const SECONDS = 3;
/** What the monitor scrapes beside its checks in the last line. */
const SCRAPED = { targets: 100, series: 500, every: 15 };

export default {
  name: 'timing-error',
  minutes: 4.2,
  about: 'error of a reported 20 ms response time, p99',
  async run(bench) {
    const targets = new Children();
    try {
      const port = await startDelayServer(bench, targets);
      const contestant = (who, measure) => ({
        who,
        value: measure,
        // Alone: the checks of another would disturb its own.
        measure: () => withChildren(children => measure(bench, children, port, SECONDS)),
      });
      const outcomes = await inTurns(bench, bench.either(5, 2), [
        contestant(OURS, measureMonitor),
        contestant('blackbox_exporter', measureBlackbox),
        contestant('Python aiohttp', measurePython),
        contestant('C', measureC),
      ]);
      const p99 = phase => outcomes.map(outcome => each(outcome, errors => quantile(errors[phase], 0.99)));
      const [[idle, ...idlePeers], [hammered, ...peers]] = [p99('idle'), p99('hammered')];
      const scraping = await bench.measure(`${OURS}, scraping`, children =>
        measureScraping(bench, children, port),
      );
      return [
        line(`${this.about}, idle`, idle, idlePeers, 1.5),
        line(`${this.about}, while /cluster_health and /metrics are hammered`, hammered, peers, 5),
        line(
          `the same while ${SCRAPED.targets} targets x ${SCRAPED.series} series are scraped every ${SCRAPED.every} s, too (peers: without that)`,
          map(scraping, rounds => rounds.map(errors => quantile(errors, 0.99))),
          peers,
          5,
        ),
      ];
    } finally {
      await targets.stop();
    }
  },
};

const line = (what, ours, peers, atMost) => ({
  ...{ what, of: 'reported times', unit: 'ms', ours, peers, reach: { atMost } },
});

const pagesOf = url => [`${url}/cluster_health`, `${url}/metrics`];

async function measureMonitor(bench, children, port, seconds) {
  const { url } = await startMonitor(bench, children, watchConfig(port));
  return await inBothPhases(children, pagesOf(url), seconds, () => errorsOnPage(url, seconds));
}

/** Several phases of one process: it takes a while until every target has been scraped. */
async function measureScraping(bench, children, port) {
  const ports = await startExporters(children, SCRAPED.targets, SCRAPED.series);
  const targets = ports.map(each => `127.0.0.1:${each}`);
  const scrape = {
    scrape_interval: `${SCRAPED.every}s`,
    scrape_timeout: '10s',
    static_configs: [{ targets }],
  };
  const { url } = await startMonitor(bench, children, {
    ...watchConfig(port),
    scrape_configs: [{ job_name: 'exporters', ...scrape }],
  });
  await sleep(SETTLING + SCRAPED.every * 1000);
  const rounds = [];
  for (let i = 0; i < bench.either(5, 2); i++)
    rounds.push(await whileHammered(children, pagesOf(url), SECONDS, () => errorsOnPage(url, SECONDS)));
  return rounds;
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
  await sleep(SETTLING);
  const idle = await measure();
  return { idle, hammered: await whileHammered(children, pages, seconds, measure) };
}

async function whileHammered(children, pages, seconds, measure) {
  const load = Promise.all(pages.map(page => wrk(children, page, { connections: 4, seconds: seconds + 1 })));
  // It is awaited below; what fails before that must not end the bench.
  load.catch(() => {});
  await sleep(500);
  const measured = await measure();
  await load;
  return measured;
}
