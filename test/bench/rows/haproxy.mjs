// What a large HAProxy costs: fetch its statistics, parse them, update the series, render /metrics; CPU per
// series.

import { cpuDuring } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { countSeries } from '../harness/exposition.mjs';
import { SIZE, startLargeHaproxy, traffic, watch } from '../harness/large-haproxy.mjs';
import { get } from '../harness/loopback.mjs';
import { program, ran, startHaproxyExporter } from '../harness/peers.mjs';
import { inTurns } from '../harness/turns.mjs';

const GZIP = { 'accept-encoding': 'gzip' };
/** Of a round. */
const SCANS = 8;
const REACH = { atMost: 1 };

export default {
  name: 'haproxy',
  minutes: 1.2,
  about: `HAProxy with ${SIZE.backends} backends x ${SIZE.servers} servers: fetch, parse, update, render; CPU per series`,
  async run(bench) {
    const children = new Children();
    try {
      const haproxy = await startLargeHaproxy(bench, children);
      const ours = await bench.attempt(OURS, () => startWatching(bench, children, haproxy));
      const exporter = await bench.attempt('haproxy_exporter', () => startExporter(children, haproxy));
      const own = await bench.attempt("HAProxy's own exporter", () =>
        pageOf(haproxy.pid, haproxy.metricsUrl),
      );
      requireAlike(bench, ours, own);
      const rendering = how => ({ who: how, value: how, measure: () => measureRender(children, how) });
      const rounds = bench.either(5, 2);
      const turns = contestants => inTurns(bench, rounds, contestants);
      const byScan = options => ({ ...ours, measure: monitor => perScan(monitor, options) });
      const byScrape = (outcome, headers) => ({ ...outcome, measure: page => perScrape(page, headers) });
      const lines = [
        [
          this.about,
          [
            byScan({}),
            byScrape(exporter),
            byScrape(own),
            rendering('prom-client, rendering alone'),
            rendering('prebuilt prefixes, rendering alone'),
          ],
          REACH,
        ],
        [
          'the same with traffic between the scans',
          [byScan({ between: () => traffic(haproxy) }), byScrape(exporter)],
          REACH,
        ],
        ['the same, gzipped', [byScan({ headers: GZIP }), byScrape(exporter, GZIP)]],
      ];
      const measured = [];
      for (const [what, contestants, reach] of lines) {
        const [value, ...peers] = await turns(contestants);
        measured.push({ what, of: 'process', unit: 'µs', ours: value, peers, reach });
      }
      return measured;
    } finally {
      await children.stop();
    }
  },
};

/** @throws Error when HAProxy's own exporter has many more or fewer series: the comparison would be lame */
function requireAlike(bench, ours, own) {
  if (!('value' in ours && 'value' in own)) return;
  bench.say(`  ${ours.value.series} series; HAProxy's own exporter ${own.value.series}`);
  if (Math.abs(ours.value.series / own.value.series - 1) > 0.1) throw new Error('other series are exposed');
}

async function startWatching(bench, children, haproxy) {
  const { pid, url, scan } = await watch(bench, children, haproxy);
  const round = async headers => {
    await scan();
    return await get(`${url}/metrics`, headers);
  };
  await repeat(bench.either(10, 3), round);
  const series = countSeries((await get(`${url}/metrics`)).body.toString(), 'haproxy_');
  return { pid, round, series };
}

/** Microseconds of CPU per series of a scan, with the rules' evaluation, and of a reading. */
async function perScan({ pid, round, series }, { headers = {}, between }) {
  const { cpu } = await cpuDuring([pid], () =>
    repeat(SCANS, async () => {
      await between?.();
      await round(headers);
    }),
  );
  return (cpu / SCANS / series) * 1000;
}

async function startExporter(children, haproxy) {
  const { pid, url } = await startHaproxyExporter(children, haproxy.statsUrl);
  return await pageOf(pid, `${url}/metrics`);
}

async function pageOf(pid, url) {
  return { pid, url, series: countSeries((await get(url)).body.toString(), 'haproxy_') };
}

/** Microseconds of CPU per series of an exporter that does its work when it is asked. */
async function perScrape({ pid, url, series }, headers) {
  const { cpu } = await cpuDuring([pid], () => repeat(SCANS, () => get(url, headers)));
  return (cpu / SCANS / series) * 1000;
}

async function measureRender(children, how) {
  const args = [
    program('peers/render.mjs'),
    how.startsWith('prom') ? 'prom-client' : 'prefixes',
    String(SCANS),
  ];
  const { series, cpu_ms } = await ran(children, how, process.execPath, args);
  return (cpu_ms / series) * 1000;
}

async function repeat(times, work) {
  for (let i = 0; i < times; i++) await work();
}
