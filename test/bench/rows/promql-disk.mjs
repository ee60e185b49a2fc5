// What a sample takes on the disk, everything counted: samples, index, logs.

import { map } from '../harness/bench.mjs';
import { backfilled } from '../harness/history.mjs';

export default {
  name: 'promql-disk',
  about: 'bytes per sample on disk, a week of 150 series x 30 s',
  async run(bench) {
    const days = bench.either(7, 1);
    const { samples, folders } = await backfilled(bench, days);
    const [ours, ...peers] = folders.map(filled => map(filled, ({ bytes }) => bytes / samples));
    return [
      {
        what: `bytes per sample on disk, 150 series x 30 s x ${days} d`,
        unit: 'B',
        ours,
        peers,
        reach: { atMostOf: { who: 'Prometheus', share: 1 } },
      },
    ];
  },
};
