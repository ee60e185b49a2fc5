// What Node costs by itself, beside what this program costs: the smallest programs that ask, answer, or only are there. What ours takes
// beyond them is its own.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring, memoryMiB } from '../harness/accounting.mjs';
import { timeOf, urlOf } from '../harness/answers.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children, withChildren } from '../harness/children.mjs';
import { sumOf } from '../harness/exposition.mjs';
import { get, getJson } from '../harness/loopback.mjs';
import { httpServices, startMonitor } from '../harness/monitor.mjs';
import { printed, program, startPrometheus } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { quantile } from '../harness/statistics.mjs';
import { startHealthServer } from '../harness/targets.mjs';
import { each, inTurns, started } from '../harness/turns.mjs';

const CLIENTS = ['node:http', 'node:net', 'undici'];
/** Seconds of a round with checks at a pace, and back to back. */
const [PACED, SATURATED] = [5, 2];
/** Bytes of an answer with six series. */
const ANSWER = 927;

export default {
  name: 'bounds',
  minutes: 4.6,
  apart: true,
  about: 'what Node costs by itself, for the rows that it bounds',
  async run(bench) {
    const children = new Children();
    try {
      const ports = await startHealthServer(children);
      return [
        ...(await checks(bench, ports)),
        ...(await scans(bench)),
        ...(await queries(bench, ports)),
        ...(await memory(bench)),
        ...(await starts(bench)),
      ];
    } finally {
      await children.stop();
    }
  },
};

/** What asking alone costs, at the pace of the rows paced-probes and scan, and back to back. `scan`: so many checks are one figure. */
const PACES = [
  {
    what: 'CPU per HTTP check, 200 services every 5 s',
    services: 200,
    seconds: 5,
    // As the program does: checks that are due close together begin together.
    every: 250,
    atOnce: 10,
    scan: 1,
  },
  {
    what: 'CPU of a scan of six HTTP services, five a second',
    services: 6,
    seconds: 0.2,
    every: 200,
    atOnce: 6,
    scan: 6,
  },
  { what: 'CPU per HTTP check, back to back', every: 0, atOnce: 50, scan: 1 },
];

async function checks(bench, ports) {
  const lines = [];
  for (const pace of PACES)
    lines.push(await withChildren(children => checksAt(bench, children, ports, pace)));
  return lines;
}

async function checksAt(bench, children, ports, { what, services, seconds, every, atOnce, scan }) {
  bench.say(`  ${what}`);
  const contestants = [];
  if (services) contestants.push(await checking(bench, children, httpServices(ports, services), seconds));
  for (const how of CLIENTS) contestants.push(await asking(bench, children, [how, every, atOnce, ...ports]));
  // Checks of many services begin within some seconds, and code is optimized then.
  await sleep((services ? bench.either(16, 6) : 2) * 1000);
  const outcomes = await inTurns(bench, bench.either(5, 2), contestants, {
    together: services !== undefined,
  });
  const figures = outcomes.map(outcome => each(outcome, ({ cpu, requests }) => (scan * cpu) / requests));
  const [ours, ...peers] = services ? figures : [{ who: OURS, missing: 'row saturated-probes' }, ...figures];
  return { what, unit: 'ms', ours, peers };
}

/** The six services of the row scan, asked and taken apart alone. */
async function scans(bench) {
  const what = 'CPU of a scan of six services of all kinds, five a second';
  bench.say(`  ${what}`);
  return await withChildren(async children => {
    const services = await sixServices(bench, children);
    const every = 200;
    const bare = () =>
      printed(children, 'bare scan', process.execPath, [
        program('peers/bare-scan.mjs'),
        String(every),
        JSON.stringify(services),
      ]);
    const contestants = [
      await checking(bench, children, services, every / 1000),
      await started(bench, 'bare scan', bare, during),
    ];
    await sleep(bench.either(16, 6) * 1000);
    const outcomes = await inTurns(bench, bench.either(5, 2), contestants, { together: true });
    const count = Object.keys(services).length;
    const [ours, ...peers] = outcomes.map(outcome =>
      each(outcome, ({ cpu, requests }) => (count * cpu) / requests),
    );
    return [{ what, unit: 'ms', ours, peers }];
  });
}

/** What a program that prints its requests and its CPU each second has used meanwhile. */
async function during({ child }, seconds = PACED) {
  const last = () => JSON.parse(child.stdout.trim().split('\n').at(-1));
  const before = last();
  await sleep(seconds * 1000);
  const after = last();
  return { cpu: after.cpu - before.cpu, requests: after.requests - before.requests };
}

/** The program with these services. */
function checking(bench, children, services, seconds) {
  const every = `${seconds * 1000}ms`;
  const start = () =>
    startMonitor(bench, children, {
      scan: { intervals: { critical: every, other: every }, max_concurrent_checks: 50 },
      services,
    });
  return started(bench, OURS, start, async ({ pid, url }) => {
    const count = async () =>
      sumOf((await get(`${url}/metrics`)).body.toString(), 'langgraph_monitor_probes_total');
    const before = await count();
    const { cpu, result: after } = await cpuDuring([pid], async () => {
      await sleep(PACED * 1000);
      return await count();
    });
    return { cpu, requests: after - before };
  });
}

/** The smallest client. */
function asking(bench, children, args) {
  const isPaced = args[1] > 0;
  const start = () =>
    printed(children, `bare ${args[0]}`, process.execPath, [
      program('peers/bare-client.mjs'),
      ...args.map(String),
    ]);
  return started(bench, `bare ${args[0]}`, start, server => during(server, isPaced ? PACED : SATURATED));
}

/** A query of six series, and an answer that is always the same, with and without a thread that hands it over. */
async function queries(bench, ports) {
  return await withChildren(async children => {
    const what = 'a small query beside answers that are always the same';
    bench.say(`  ${what}`);
    const ours = await startMonitor(bench, children, { services: httpServices(ports, 6) });
    const scrapes = [
      { job_name: 'six', scrape_interval: '5s', static_configs: [{ targets: [new URL(ours.url).host] }] },
    ];
    const prometheus = await startPrometheus(bench, children, scrapes);
    const bare = [await bareNode(children, 0), await bareNode(children, 1)];
    await sleep(20_000);
    const question = url => urlOf(url, { query: 'probe_success' });
    for (const { url } of [ours, prometheus]) {
      const { data } = await getJson(question(url));
      if (data.result.length !== 6) throw new Error(`${url} finds ${data.result.length} series`);
    }
    const contestants = [
      [OURS, ours.pid, question(ours.url)],
      ['Prometheus', prometheus.pid, question(prometheus.url)],
      ['bare node:http', bare[0].pid, bare[0].url],
      ['bare node:http with a thread', bare[1].pid, bare[1].url],
    ].map(([who, pid, url]) => ({ who, value: pid, measure: () => answering(bench, pid, url) }));
    const outcomes = await inTurns(bench, bench.either(7, 3), contestants, { warmUps: bench.either(5, 2) });
    return ['p50', 'CPU'].map(figure => {
      const [first, ...peers] = outcomes.map(outcome => each(outcome, values => values[figure]));
      return {
        what: `${what}, ${figure}`,
        of: figure === 'CPU' ? 'process' : 'clients',
        unit: 'ms',
        ours: first,
        peers,
      };
    });
  });
}

async function answering(bench, pid, url) {
  const count = bench.either(1000, 200);
  const { cpu, result } = await cpuDuring([pid], async () => {
    const times = [];
    for (let i = 0; i < count; i++) times.push(await timeOf(url));
    return times;
  });
  return { p50: quantile(result, 0.5), CPU: cpu / count };
}

async function bareNode(children, threads, packages = []) {
  const args = [program('peers/bare-node.mjs'), String(threads), String(ANSWER), ...packages];
  const { child, value } = await printed(children, 'bare Node', process.execPath, args);
  return { pid: child.pid, url: `http://127.0.0.1:${value}`, child };
}

/** What is resident of Node alone, by itself, with the packages of every page and metric, and with threads that do nothing. */
async function memory(bench) {
  bench.say('  memory');
  return await withChildren(async children => {
    const packages = ['express', 'prom-client'];
    const kinds = [[0], [0, packages], [1, packages], [2, packages], [3, packages]];
    const all = [];
    for (const [threads, loaded = []] of kinds) {
      const { pid } = await bareNode(children, threads, loaded);
      const names = [loaded.join(' and '), threads > 0 ? `threads: ${threads}` : '']
        .filter(Boolean)
        .join(', ');
      all.push({ who: `bare node:http${names && ` with ${names}`}`, pid });
    }
    await sleep(bench.either(10_000, 2000));
    const ours = { who: OURS, missing: 'row memory' };
    return ['rss', 'anonymous'].map(field => ({
      what: field === 'rss' ? 'memory at rest' : 'memory at rest, without pages of files',
      unit: 'MiB',
      ours,
      peers: all.map(({ who, pid }) => ({ who, value: memoryMiB(pid)[field] })),
    }));
  });
}

/** From starting a process to its first answer. */
async function starts(bench) {
  const what = 'start to the first answer, empty store';
  bench.say(`  ${what}`);
  const bare = (threads, packages) => async children => {
    const begun = performance.now();
    await get((await bareNode(children, threads, packages)).url);
    return performance.now() - begun;
  };
  const config = { services: { unused: { url: 'http://127.0.0.1:9/' } } };
  const ours = async children =>
    (await startMonitor(bench, children, config, { ready: firstQuery })).child.readyAfter;
  const contestants = [
    [OURS, ours],
    ['bare node:http', bare(0)],
    ['bare node:http with a thread', bare(1)],
    ['bare node:http with express and prom-client, a thread', bare(1, ['express', 'prom-client'])],
  ].map(([who, start]) => ({ who, value: start, measure: async () => (await withChildren(start)) / 1000 }));
  const [first, ...peers] = await inTurns(bench, bench.either(7, 3), contestants);
  return [{ what, of: 'clients', unit: 's', ours: first, peers }];
}

/** @throws Error until it is answered */
const firstQuery = url => getJson(urlOf(url, { query: '1' }));
