// Where one process ends: more and more services every 30 s, with its own storage and all rules.

import { map, OURS } from '../harness/bench.mjs';
import { EVERY, oneProcess } from '../harness/scale.mjs';
import { median } from '../harness/statistics.mjs';

const COUNTS = [1000, 2500, 5000, 10_000];

export default {
  name: 'scale-one',
  minutes: 12,
  // It takes as long as all others together.
  apart: true,
  about: `one process with more and more services every ${EVERY} s`,
  async run(bench) {
    const lines = [];
    for (const count of bench.quick ? COUNTS.slice(0, 1) : COUNTS) {
      const outcome = await bench.measure(OURS, children =>
        oneProcess(bench, children, count, bench.either(45, 30)),
      );
      const what = `${count.toLocaleString('en-US')} services in one process`;
      const line = (name, unit, value, of) => ({
        ...{ what: `${what}: ${name}`, of, unit, ours: map(outcome, value), peers: [] },
      });
      lines.push(
        line('series', '', at => at.series),
        line('checks a second', '/s', at => at.checks),
        line('CPU, cores', '', at => at.cpu),
        line('memory', 'MiB', at => at.memory),
        line('how late checks start, p99', 'ms', at => at.lag),
        line('evaluation of the rules', 'ms', at => at.rules),
        line('/cluster_health, p99', 'ms', at => at.latency, 'clients'),
        line('/cluster_health, gzip', 'MB', at => at.bytes / 1e6, 'clients'),
        line('a failure is shown, median', 's', at => median(at.seen), 'clients'),
        line('a failure is shown, longest', 's', at => Math.max(...at.seen), 'clients'),
        line('query of one series a service', 'ms', at => at.query, 'clients'),
      );
    }
    return lines;
  },
};
