// Small instant queries of series that are being scraped: how long one takes over HTTP, and what it costs the process, once
// thousands of them have been answered.

import { cpuDuring } from '../harness/accounting.mjs';
import { timeOf, urlOf } from '../harness/answers.mjs';
import { Children } from '../harness/children.mjs';
import { dashboardLines } from '../harness/dashboard.mjs';
import { liveHistory } from '../harness/live-history.mjs';
import { getJson } from '../harness/loopback.mjs';
import { quantile } from '../harness/statistics.mjs';
import { each, inTurns } from '../harness/turns.mjs';

const QUESTIONS = [
  ['instant query of a few fresh series', 'probe_success', 6],
  ['the same, sum by (target) over 36 fresh series', 'sum by (target) (langgraph_monitor_service_status)', 6],
  ['the same, avg_over_time(x[1h])', 'avg_over_time(probe_duration_seconds[1h])', 6],
];

export default {
  name: 'promql-fresh',
  minutes: 2.4,
  about: 'small instant queries of six services, one after the other, and all panels of a dashboard at once',
  async run(bench) {
    const children = new Children();
    try {
      const live = await liveHistory(bench, children);
      const lines = [];
      for (const question of QUESTIONS) lines.push(...(await linesOf(bench, live.servers, question)));
      lines.push(...(await dashboardLines(bench, live)));
      return lines;
    } finally {
      await children.stop();
    }
  },
};

async function linesOf(bench, servers, [what, query, series]) {
  bench.say(`  ${what}`);
  const contestants = servers.map(server => ({
    ...server,
    measure: ({ pid, url }) => measured(pid, urlOf(url, { query }), series, bench.either(1000, 200)),
  }));
  const [ours, ...peers] = await inTurns(bench, bench.either(9, 5), contestants, {
    warmUps: bench.either(8, 3),
  });
  return ['p50', 'CPU'].map(figure => ({
    what: `${what}, ${figure}`,
    of: figure === 'CPU' ? 'process' : 'clients',
    unit: 'ms',
    ours: each(ours, values => values[figure]),
    peers: peers.map(peer => each(peer, values => values[figure])),
    reach: { atMostOf: { who: 'Prometheus', share: 1 } },
  }));
}

/** @throws Error when not so many series are found: it would be quick or slow with something else */
async function measured(pid, url, series, count) {
  const { data } = await getJson(url);
  if (data.result.length !== series) throw new Error(`${url} finds ${data.result.length} series`);
  const { cpu, result } = await cpuDuring([pid], () => times(url, count));
  return { p50: quantile(result, 0.5), CPU: cpu / count };
}

async function times(url, count) {
  const values = [];
  for (let i = 0; i < count; i++) values.push(await timeOf(url));
  return values;
}
