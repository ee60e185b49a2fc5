// Small instant queries of series that are being scraped: how long one takes over HTTP, and what it costs the process.

import { cpuDuring } from '../harness/accounting.mjs';
import { timeOf, urlOf } from '../harness/answers.mjs';
import { map } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { liveHistory } from '../harness/live-history.mjs';
import { getJson } from '../harness/loopback.mjs';
import { median, quantile } from '../harness/statistics.mjs';

const QUESTIONS = [
  ['instant query of a few fresh series', 'probe_success', 6],
  ['the same, sum by (target) over 36 fresh series', 'sum by (target) (langgraph_monitor_service_status)', 6],
  ['the same, avg_over_time(x[1h])', 'avg_over_time(probe_duration_seconds[1h])', 6],
];

export default {
  name: 'promql-fresh',
  about: 'small instant queries of six services, one after the other on one connection, the whole process',
  async run(bench) {
    const children = new Children();
    try {
      const { servers } = await liveHistory(bench, children);
      const lines = [];
      for (const [what, query, series] of QUESTIONS) {
        bench.say(`  ${what}`);
        const outcomes = [];
        for (const server of servers) outcomes.push(await begun(bench, server, query, series));
        await inTurns(bench, outcomes);
        lines.push(...linesOf(what, outcomes));
      }
      return lines;
    } finally {
      await children.stop();
    }
  },
};

/** A contestant that has answered a question as often as compiling takes. */
async function begun(bench, server, query, series) {
  if (!('value' in server)) return server;
  return await bench.attempt(server.who, async () => {
    const { pid, url } = server.value;
    const asked = urlOf(url, { query });
    const { data } = await getJson(asked);
    if (data.result.length !== series) throw new Error(`${query} finds ${data.result.length} series`);
    await times(asked, bench.either(2000, 500));
    return { pid, asked, p50: [], cpu: [] };
  });
}

/** Rounds of one contestant and the other. */
async function inTurns(bench, outcomes) {
  const count = bench.either(1000, 200);
  for (let round = 0; round < bench.either(9, 5); round++) {
    for (const { value } of outcomes) {
      if (!value) continue;
      const { cpu, result } = await cpuDuring([value.pid], () => times(value.asked, count));
      value.p50.push(quantile(result, 0.5));
      value.cpu.push(cpu / count);
    }
  }
}

function linesOf(what, outcomes) {
  return [
    { what: `${what}, p50`, field: 'p50' },
    { what: `${what}, CPU`, field: 'cpu' },
  ].map(({ what, field }) => {
    const [ours, ...peers] = outcomes.map(outcome => map(outcome, value => median(value[field])));
    return { what, unit: 'ms', ours, peers, reach: { atMostOf: { who: 'Prometheus', share: 1 } } };
  });
}

async function times(url, count) {
  const values = [];
  for (let i = 0; i < count; i++) values.push(await timeOf(url));
  return values;
}
