// What a dashboard asks of a week of history, over HTTP, the same history in all three; and that the answers are
// the same.

import { difference, seriesOf, timeOf, urlOf } from '../harness/answers.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { backfilled, startOver } from '../harness/history.mjs';
import { quantile } from '../harness/statistics.mjs';
import { each, inTurns } from '../harness/turns.mjs';

const GAUGE = 'bench_latency_seconds{target=~"target0[0-5]"}';
const COUNTER = 'bench_requests_total{target=~"target0[0-4]"}';
const UNCACHED = 'VictoriaMetrics nocache=1';
const CONTESTANTS = [
  { who: OURS },
  { who: 'Prometheus' },
  { who: 'VictoriaMetrics' },
  { who: UNCACHED, server: 'VictoriaMetrics', parameters: { nocache: '1' } },
];

/** @param {number} days how much history there is; written into the queries */
function questions({ days, end: endMillis }) {
  const end = endMillis / 1000;
  const range = step => ({ start: end - days * 86_400, end, step });
  return [
    [`instant avg_over_time(x[${days}d]), 6 series`, `avg_over_time(${GAUGE}[${days}d])`, { time: end }],
    [
      `instant quantile_over_time(0.99, x[${days}d]), 6 series`,
      `quantile_over_time(0.99, ${GAUGE}[${days}d])`,
      { time: end },
    ],
    // VictoriaMetrics does not extrapolate, by design: its rates are other numbers.
    [`range rate(c[5m]), ${days} d at 5 min, 20 series`, `rate(${COUNTER}[5m])`, range(300), 'rate'],
    [`range avg_over_time(x[1h]), ${days} d at 1 h, 6 series`, `avg_over_time(${GAUGE}[1h])`, range(3600)],
    [
      `range sum by (target) (rate(c[5m])), ${days} d at 5 min, 100 series`,
      'sum by (target) (rate(bench_requests_total[5m]))',
      range(300),
      'rate',
    ],
  ].map(([what, query, when, rate]) => ({ what, question: { query, ...when }, rate: rate !== undefined }));
}

export default {
  name: 'promql-queries',
  minutes: 2.2,
  about: 'PromQL over a week of history, 150 series x 30 s',
  async run(bench) {
    const history = await backfilled(bench, bench.either(7, 1));
    const asked = questions(history);
    await firsts(bench, history, asked);
    const children = new Children();
    try {
      const servers = new Map();
      for (const filled of history.folders) {
        const server = await start(bench, children, filled);
        servers.set(filled.who, server);
      }
      const lines = [];
      for (const each of asked) lines.push(...(await measure(bench, servers, each)));
      return lines;
    } finally {
      await children.stop();
    }
  },
};

async function start(bench, children, filled) {
  if (!('value' in filled)) return filled;
  return await bench.attempt(filled.who, () => startOver(bench, children, filled));
}

/** The first question after a start, for each of them: nothing is in memory but the kernel's cache of files. */
async function firsts(bench, history, asked) {
  bench.say('  the first question after a start');
  for (const { what, question } of asked) {
    const times = [];
    for (const filled of history.folders) {
      if (!('value' in filled)) continue;
      const children = new Children();
      try {
        // Not before it can answer at all: what starting takes is another row's.
        const ready = url => timeOf(urlOf(url, { query: '1', time: history.end / 1000 }));
        const { url } = await startOver(bench, children, filled, { ready });
        times.push(`${filled.who} ${(await timeOf(urlOf(url, question))).toFixed(1)} ms`);
      } catch (error) {
        times.push(`${filled.who} failed: ${error.message}`);
      } finally {
        await children.stop();
      }
    }
    bench.say(`    ${what}: ${times.join(', ')}`);
  }
}

async function measure(bench, servers, { what, question, rate }) {
  bench.say(`  ${what}`);
  let reference;
  const contestants = CONTESTANTS.map(({ who, server = who, parameters }) => {
    let url;
    return {
      ...servers.get(server),
      who,
      async measure(started) {
        if (url === undefined) {
          url = urlOf(started.url, question, parameters);
          const series = await seriesOf(url);
          reference ??= series;
          if (server !== 'VictoriaMetrics' || !rate) requireSame(reference, series);
        }
        return await times(url, bench.either(12, 8));
      },
    };
  });
  const outcomes = await inTurns(bench, bench.either(9, 5), contestants, { warmUps: 2 });
  return [0.5, 0.95].map(q => {
    const [ours, ...peers] = outcomes.map(outcome => each(outcome, values => quantile(values, q)));
    const reach = { atMostOf: { who: 'Prometheus', share: 1 } };
    return { what: `${what}, p${q * 100}`, of: 'clients', unit: 'ms', ours, peers, reach };
  });
}

/** @throws Error when a peer answers otherwise: it would be quick or slow with something else. */
function requireSame(ours, theirs) {
  const found = difference(ours, theirs);
  if (found) throw new Error(`another answer: ${found}`);
}

async function times(url, rounds) {
  const values = [];
  for (let i = 0; i < rounds; i++) values.push(await timeOf(url));
  return values;
}
