// Ten thousand services, more than one monitor is made for: four monitors with a part each write into one VictoriaMetrics, and each
// answers for all. Beside them, in its own minutes as two cores do not carry both: Prometheus, which has blackbox_exporter check the same.

import { map, OURS } from '../harness/bench.mjs';
import { EVERY, prometheus, SHARDS, shards } from '../harness/scale.mjs';
import { median } from '../harness/statistics.mjs';

const PEER = 'Prometheus + blackbox_exporter';

export default {
  name: 'scale',
  minutes: 8,
  // Ten thousand services take minutes to be checked at all.
  apart: true,
  about: `10,000 services every ${EVERY} s by ${SHARDS} monitors into one VictoriaMetrics`,
  async run(bench) {
    const count = bench.either(10_000, 1000);
    const seconds = bench.either(90, 40);
    const ours = await bench.measure(OURS, children => shards(bench, children, count, seconds));
    const peer = await bench.measure(PEER, children => prometheus(bench, children, count, seconds));
    const what = `${count.toLocaleString('en-US')} services every ${EVERY} s, ${SHARDS} monitors`;
    const line = (name, unit, value, { of, reach, theirs } = {}) => ({
      what: name,
      of,
      unit,
      ours: map(ours, value),
      peers: theirs ? [map(peer, theirs)] : [],
      reach,
    });
    return [
      line(`${what}: checks a second`, '/s', at => at.checks, { theirs: at => at.checks }),
      line('how late checks start, p99 (peer: of scrapes, by their intervals)', 'ms', at => at.lag, {
        ...{ reach: { atMost: 100 }, theirs: at => at.lag },
      }),
      line('/cluster_health of all, asked once a second at each monitor, p99', 'ms', at => at.latency, {
        ...{ of: 'clients', reach: { atMost: 200 } },
      }),
      line('the same, bytes a second of one client (gzip)', 'MB', at => at.bytes / 1e6, {
        ...{ of: 'clients', reach: { atMost: 1 } },
      }),
      line('the same, bytes before compression', 'MB', at => at.size / 1e6, { of: 'clients' }),
      line(
        'from the failure of a service until every monitor shows it, median (peer: until a query does)',
        's',
        at => median(at.seen),
        { of: 'clients', theirs: at => median(at.seen) },
      ),
      line('the same, longest', 's', at => Math.max(...at.seen), {
        ...{ of: 'clients', reach: { atMost: EVERY }, theirs: at => Math.max(...at.seen) },
      }),
      line(
        'of it, from the monitor that checks the service to the last one, median',
        's',
        at => median(at.spread),
        {
          ...{ of: 'clients' },
        },
      ),
      line('the same, longest', 's', at => Math.max(...at.spread), { of: 'clients', reach: { atMost: 5 } }),
      line('CPU of all monitors, cores', '', at => at.cpu, { theirs: at => at.cpu }),
      line('CPU of VictoriaMetrics, cores', '', at => at.cpuOfOthers[0]),
      line('CPU of vmalert with the rules of status and services, cores', '', at => at.cpuOfOthers[1]),
      line('memory of all monitors', 'MiB', at => at.memory, { theirs: at => at.memory }),
      line('memory of VictoriaMetrics', 'MiB', at => at.memoryOfOthers[0]),
      line('memory of vmalert', 'MiB', at => at.memoryOfOthers[1]),
      line('samples that wait to be sent at the end', '', at => at.pending),
    ];
  },
};
