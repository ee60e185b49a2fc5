// Effects of heavy queries: on the program's own event loop, on its /health, and on the response times it measures
// meanwhile.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeOf, urlOf } from '../harness/answers.mjs';
import { map } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { backfilled, startOver } from '../harness/history.mjs';
import { program, startBlackbox } from '../harness/peers.mjs';
import { blackboxErrors, errorsOnPage, every, watchConfig } from '../harness/reported-times.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startDelayServer } from '../harness/targets.mjs';

/** Interval of requests to /health, in milliseconds. */
const HEALTH_EVERY = 20;
const BLACKBOX = 'blackbox_exporter beside Prometheus';

export default {
  name: 'promql-blocking',
  about: 'what others notice while heavy PromQL queries run',
  async run(bench) {
    const history = await backfilled(bench, bench.either(7, 1));
    const targets = new Children();
    try {
      const port = await startDelayServer(bench, targets);
      const context = { bench, history, port, seconds: bench.either(20, 6) };
      const [own, prometheus, victoria] = history.folders;
      const ours = await measure(context, own, measureMonitor);
      const peers = [
        await measure(context, prometheus, measurePrometheus),
        await measure(context, victoria, measureVictoria),
      ];
      return linesOf(ours, peers);
    } finally {
      await targets.stop();
    }
  },
};

function linesOf(ours, peers) {
  const p99 = outcome => map(outcome, ({ errors }) => quantile(errors, 0.99));
  const healthAt = q => outcome => map(outcome, ({ health }) => quantile(health, q));
  const blackbox = { ...p99(peers[0]), who: BLACKBOX };
  const lines = [
    {
      what: 'event loop held up at most, while heavy queries run',
      ours: map(ours, ({ held }) => held),
      peers: [],
      reach: { atMost: 20 },
    },
    {
      what: '/health while heavy queries run, p99',
      ours: healthAt(0.99)(ours),
      peers: peers.map(healthAt(0.99)),
    },
    {
      what: '/health while heavy queries run, longest',
      ours: healthAt(1)(ours),
      peers: peers.map(healthAt(1)),
    },
    {
      what: 'error of a reported 20 ms response time while heavy queries run, p99',
      ours: p99(ours),
      peers: [blackbox],
      reach: { atMost: 5 },
    },
  ];
  return lines.map(line => ({ unit: 'ms', ...line }));
}

async function measure(context, filled, how) {
  if (!('value' in filled)) return filled;
  return await context.bench.measure(filled.who, children => how(context, children, filled));
}

async function measureMonitor(context, children, filled) {
  const { bench, port, seconds } = context;
  const log = join(bench.folder, 'event-loop');
  writeFileSync(log, '');
  const { url } = await startOver(bench, children, filled, {
    config: watchConfig(port),
    node: [`--import=${program('peers/event-loop.mjs')}`],
    env: { BENCH_EVENT_LOOP: log },
  });
  const from = Date.now() + SETTLING;
  const found = await underLoad(context, url, '/health', () => errorsOnPage(url, seconds));
  return { ...found, held: longestHeld(log, from) };
}

async function measurePrometheus(context, children, filled) {
  const { bench, port, seconds } = context;
  const { url } = await startOver(bench, children, filled);
  const blackbox = await startBlackbox(bench, children);
  const errors = blackboxErrors(blackbox.url, port);
  return await underLoad(context, url, '/-/healthy', () => errors(seconds));
}

async function measureVictoria(context, children, filled) {
  const { url } = await startOver(context.bench, children, filled);
  return await underLoad(context, url, '/health', () => []);
}

/** What starting takes is not what a query takes. */
const SETTLING = 3000;

async function underLoad({ bench, history, seconds }, url, healthPath, errorsMeanwhile) {
  await sleep(SETTLING - 1000);
  const until = performance.now() + 1000 + seconds * 1000;
  const load = heavy(history).map(question => ask(urlOf(url, question, { nocache: '1' }), until));
  await sleep(1000);
  const health = [];
  const [errors] = await Promise.all([
    errorsMeanwhile(),
    every(HEALTH_EVERY, seconds, async () => {
      health.push(await timeOf(url + healthPath));
    }),
  ]);
  const answered = (await Promise.all(load)).flat();
  bench.say(`    ${answered.length} heavy queries, ${(quantile(answered, 0.5) / 1000).toFixed(2)} s each`);
  return { health, errors };
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
