// From starting a program over a month of history to its first answered query of it.

import { setTimeout as sleep } from 'node:timers/promises';
import { seriesOf, urlOf } from '../harness/answers.mjs';
import { Children } from '../harness/children.mjs';
import { backfilled, startOver } from '../harness/history.mjs';
import { inTurns } from '../harness/turns.mjs';

export default {
  name: 'promql-start',
  minutes: 1.6,
  about: 'start over a month of history to the first answered query, 150 series x 30 s',
  async run(bench) {
    const days = bench.either(30, 1);
    const history = await backfilled(bench, days);
    const contestants = history.folders.map(filled => ({
      ...filled,
      measure: () => startOnce(bench, history, filled),
    }));
    const [ours, ...peers] = await inTurns(bench, bench.either(7, 3), contestants);
    return [
      {
        what: `start with ${days} d of history, 150 series x 30 s, to the first answered query`,
        of: 'clients',
        unit: 's',
        ours,
        peers,
        reach: { atMost: 0.3 },
      },
    ];
  },
};

/** In seconds. */
async function startOnce(bench, { end }, filled) {
  const question = { query: 'avg_over_time(bench_latency_seconds[1h])', time: end / 1000 };
  const children = new Children();
  try {
    const ready = url => seriesOf(urlOf(url, question));
    return (await startOver(bench, children, filled, { ready })).child.readyAfter / 1000;
  } finally {
    await children.stop();
    await sleep(200);
  }
}
