// What a large HAProxy costs: fetch its statistics, parse them, update the series, render /metrics; CPU per
// series.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuDuring } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { countSeries } from '../harness/exposition.mjs';
import { SIZE, startLargeHaproxy, traffic, watch } from '../harness/large-haproxy.mjs';
import { get } from '../harness/loopback.mjs';
import { program, ran, startHaproxyExporter } from '../harness/peers.mjs';

const GZIP = { 'accept-encoding': 'gzip' };
const REACH = { atMost: 1 };

export default {
  name: 'haproxy',
  about: `HAProxy with ${SIZE.backends} backends x ${SIZE.servers} servers: fetch, parse, update, render; CPU per series`,
  async run(bench) {
    const targets = new Children();
    try {
      const haproxy = await startLargeHaproxy(bench, targets);
      const rounds = bench.either(40, 10);
      const ours = await bench.measure(OURS, children => measureMonitor(bench, children, haproxy, rounds));
      const exporter = await bench.measure('haproxy_exporter', children =>
        measureExporter(children, haproxy, rounds),
      );
      const own = await bench.measure("HAProxy's own exporter", () =>
        perScrape(haproxy.pid, haproxy.metricsUrl, rounds),
      );
      const rendering = [
        await bench.measure('prom-client, rendering alone', children =>
          measureRender(children, 'prom-client', rounds),
        ),
        await bench.measure('prebuilt prefixes, rendering alone', children =>
          measureRender(children, 'prefixes', rounds),
        ),
      ];
      bench.say(
        `  series: ${[ours, exporter, own].map(outcome => `${outcome.who} ${outcome.value?.series ?? '-'}`).join(', ')}`,
      );
      const of = field => outcome => map(outcome, value => value[field]);
      return [
        [
          'plain',
          `${this.about}${counted(ours, own)}`,
          [...[exporter, own].map(of('plain')), ...rendering],
          REACH,
        ],
        ['traffic', 'the same with traffic between the scans', [of('plain')(exporter)], REACH],
        ['gzip', 'the same, gzipped', [of('gzip')(exporter)]],
      ].map(([field, what, peers, reach]) => ({ what, unit: 'us', ours: of(field)(ours), peers, reach }));
    } finally {
      await targets.stop();
    }
  },
};

/**
 * How many series that is: the same number as HAProxy's own exporter has, or the comparison would be lame.
 */
function counted(ours, own) {
  if (!('value' in ours && 'value' in own)) return '';
  return ` (${ours.value.series} series; HAProxy's own exporter ${own.value.series})`;
}

async function measureMonitor(bench, children, haproxy, rounds) {
  const { pid, url, scan } = await watch(bench, children, haproxy);
  const round = async headers => {
    await scan();
    return await get(`${url}/metrics`, headers);
  };
  await repeat(bench.either(10, 3), round);
  const idle = await cpuDuring([pid], () => sleep(bench.either(10_000, 3000)));
  const series = countSeries((await get(`${url}/metrics`)).body.toString(), 'haproxy_');
  const cost = async (headers, between) => {
    const { cpu, wall } = await cpuDuring([pid], () =>
      repeat(rounds, async () => {
        await between?.();
        await round(headers);
      }),
    );
    return ((cpu - (idle.cpu / idle.wall) * wall) / rounds / series) * 1000;
  };
  return {
    plain: await cost({}),
    traffic: await cost({}, () => traffic(haproxy)),
    gzip: await cost(GZIP),
    series,
  };
}

async function measureExporter(children, haproxy, rounds) {
  const { pid, url } = await startHaproxyExporter(children, haproxy.statsUrl);
  const { plain, series } = await perScrape(pid, `${url}/metrics`, rounds);
  return { plain, series, gzip: (await perScrape(pid, `${url}/metrics`, rounds, GZIP)).plain };
}

/** Microseconds of CPU per series of an exporter that does its work when it is asked. */
async function perScrape(pid, url, rounds, headers) {
  const series = countSeries((await get(url)).body.toString(), 'haproxy_');
  const { cpu } = await cpuDuring([pid], () => repeat(rounds, () => get(url, headers)));
  return { plain: (cpu / rounds / series) * 1000, series };
}

async function measureRender(children, how, rounds) {
  const args = [program('peers/render.mjs'), how, String(rounds)];
  const { series, cpu_ms } = await ran(children, how, process.execPath, args);
  return (cpu_ms / series) * 1000;
}

async function repeat(times, work) {
  for (let i = 0; i < times; i++) await work();
}
