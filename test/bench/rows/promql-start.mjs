// From starting a program over a month of history to its first answered query of it.

import { setTimeout as sleep } from 'node:timers/promises';
import { seriesOf, urlOf } from '../harness/answers.mjs';
import { Children } from '../harness/children.mjs';
import { backfilled, startOver } from '../harness/history.mjs';
import { median } from '../harness/statistics.mjs';

export default {
  name: 'promql-start',
  about: 'start over a month of history to the first answered query, 150 series x 30 s',
  async run(bench) {
    const days = bench.either(30, 1);
    const history = await backfilled(bench, days);
    const outcomes = [];
    for (const filled of history.folders) {
      outcomes.push(
        'value' in filled ? await bench.attempt(filled.who, () => typical(bench, history, filled)) : filled,
      );
    }
    const [ours, ...peers] = outcomes;
    return [
      {
        what: `start with ${days} d of history, 150 series x 30 s, to the first answered query`,
        unit: 's',
        ours,
        peers,
        reach: { atMost: 2, text: 'under 2 s' },
      },
    ];
  },
};

/** The median of several starts, in seconds. */
async function typical(bench, { end }, filled) {
  const question = { query: 'avg_over_time(bench_latency_seconds[1h])', time: end / 1000 };
  const seconds = [];
  for (let i = 0; i < bench.either(5, 3); i++) {
    const children = new Children();
    try {
      const ready = url => seriesOf(urlOf(url, question));
      seconds.push((await startOver(bench, children, filled, { ready })).child.readyAfter / 1000);
    } finally {
      await children.stop();
    }
    await sleep(200);
  }
  return median(seconds);
}
