// What a sample takes on the disk, everything counted: samples, index, logs.

import { map } from '../harness/bench.mjs';
import { backfilled } from '../harness/history.mjs';

const KINDS = [
  ['usual', ''],
  ['noisy', ', gauges with 10 % noise'],
];

export default {
  name: 'promql-disk',
  minutes: 0.3,
  about: 'bytes per sample on disk, a week of 150 series x 30 s',
  async run(bench) {
    const days = bench.either(7, 1);
    const lines = [];
    for (const [kind, what] of KINDS) {
      const { samples, folders } = await backfilled(bench, days, kind);
      const [ours, ...peers] = folders.map(filled => map(filled, ({ bytes }) => bytes / samples));
      lines.push({
        what: `bytes per sample on disk, 150 series x 30 s x ${days} d${what}`,
        of: 'disk',
        unit: 'B',
        ours,
        peers,
        reach: { atMostOf: { who: 'VictoriaMetrics', share: 1 } },
      });
    }
    return lines;
  },
};
