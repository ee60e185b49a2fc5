// Effects of heavy queries: on the program's own event loop, on its /health, and on the response times it measures
// meanwhile.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeOf, urlOf } from '../harness/answers.mjs';
import { Children } from '../harness/children.mjs';
import { backfilled, startOver } from '../harness/history.mjs';
import { program, startBlackbox } from '../harness/peers.mjs';
import { blackboxErrors, errorsOnPage, every, watchConfig } from '../harness/reported-times.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startDelayServer } from '../harness/targets.mjs';
import { each, inTurns } from '../harness/turns.mjs';

/** Interval of requests to /health, in milliseconds. */
const HEALTH_EVERY = 20;
const BLACKBOX = 'blackbox_exporter beside Prometheus';

export default {
  name: 'promql-blocking',
  minutes: 2,
  about: 'what others notice while heavy PromQL queries run',
  async run(bench) {
    const history = await backfilled(bench, bench.either(7, 1));
    const children = new Children();
    try {
      const port = await startDelayServer(bench, children);
      const context = { bench, history, port, seconds: bench.either(4, 3) };
      const starts = [startOurs, startPrometheusStack, startVictoria];
      const contestants = history.folders.map((filled, i) => ({
        ...filled,
        measure: () => measureAlone(context, filled, starts[i]),
      }));
      const [ours, ...peers] = await inTurns(bench, bench.either(5, 2), contestants);
      return linesOf(ours, peers);
    } finally {
      await children.stop();
    }
  },
};

function linesOf(ours, peers) {
  const p99 = outcome => each(outcome, ({ errors }) => quantile(errors, 0.99));
  const healthAt = q => outcome => each(outcome, ({ health }) => quantile(health, q));
  const blackbox = { ...p99(peers[0]), who: BLACKBOX };
  const lines = [
    {
      what: 'event loop held up at most, while heavy queries run',
      of: 'main thread',
      ours: each(ours, ({ held }) => held),
      peers: [],
      reach: { atMost: 20 },
    },
    {
      what: '/health while heavy queries run, p99',
      of: 'clients',
      ours: healthAt(0.99)(ours),
      peers: peers.map(healthAt(0.99)),
    },
    {
      what: '/health while heavy queries run, longest',
      of: 'clients',
      ours: healthAt(1)(ours),
      peers: peers.map(healthAt(1)),
    },
    {
      what: 'error of a reported 20 ms response time while heavy queries run, p99',
      of: 'reported times',
      ours: p99(ours),
      peers: [blackbox],
      reach: { atMost: 5 },
    },
  ];
  return lines.map(line => ({ unit: 'ms', ...line }));
}

async function startOurs({ bench, port }, children, filled) {
  const log = join(bench.folder, 'event-loop');
  writeFileSync(log, '');
  const { url } = await startOver(bench, children, filled, {
    config: watchConfig(port),
    node: [`--import=${program('peers/event-loop.mjs')}`],
    env: { BENCH_EVENT_LOOP: log },
  });
  return {
    url,
    health: '/health',
    errors: seconds => errorsOnPage(url, seconds),
    heldSince: from => longestHeld(log, from),
  };
}

async function startPrometheusStack({ bench, port }, children, filled) {
  const { url } = await startOver(bench, children, filled);
  const blackbox = await startBlackbox(bench, children);
  return { url, health: '/-/healthy', errors: blackboxErrors(blackbox.url, port) };
}

async function startVictoria({ bench }, children, filled) {
  const { url } = await startOver(bench, children, filled);
  return { url, health: '/health', errors: () => [] };
}

/** What starting takes is not what a query takes. */
const SETTLING = 1500;

/** One contestant is there at a time: the checks of another would hold this one up. */
async function measureAlone(context, filled, start) {
  const children = new Children();
  try {
    const server = await start(context, children, filled);
    await sleep(SETTLING);
    return await underLoad(context, server);
  } finally {
    await children.stop();
  }
}

/** What others notice of one contestant's heavy queries, in milliseconds. */
async function underLoad({ bench, history, seconds }, server) {
  const from = Date.now();
  const until = performance.now() + 1000 + seconds * 1000;
  const load = heavy(history).map(question => ask(urlOf(server.url, question, { nocache: '1' }), until));
  await sleep(1000);
  const health = [];
  const [errors] = await Promise.all([
    server.errors(seconds),
    every(HEALTH_EVERY, seconds, async () => {
      health.push(await timeOf(server.url + server.health));
    }),
  ]);
  const answered = (await Promise.all(load)).flat();
  bench.say(`    ${answered.length} heavy queries, ${(quantile(answered, 0.5) / 1000).toFixed(2)} s each`);
  return { health, errors, held: server.heldSince?.(from) };
}

/** Much to compute and little to print, and the other way round. */
function heavy({ days, end: endMillis }) {
  const end = endMillis / 1000;
  const range = { start: end - days * 86_400, end, step: 60 };
  return [
    { query: 'sum by (code) (rate(bench_requests_total[1h]))', ...range },
    { query: 'rate(bench_requests_total[5m])', ...range },
  ];
}

/** Asks one after the other. @returns {Promise<number[]>} how long each took */
async function ask(url, until) {
  const times = [];
  while (performance.now() < until) times.push(await timeOf(url));
  return times;
}

/** Milliseconds; `from` is milliseconds since 1970. */
function longestHeld(log, from) {
  const held = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map(line => line.split(' ').map(Number))
    .filter(([end]) => end > from)
    .map(([, millis]) => millis);
  return quantile(held, 1);
}
