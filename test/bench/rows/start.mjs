// From starting the built program to its first answered /health, with an empty store.

import { setTimeout as sleep } from 'node:timers/promises';
import { OURS } from '../harness/bench.mjs';
import { Children, withChildren } from '../harness/children.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startPython } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { inTurns } from '../harness/turns.mjs';

export default {
  name: 'start',
  minutes: 0.3,
  about: 'start (built) to first answered /health, six services',
  async run(bench) {
    const targets = new Children();
    try {
      const services = await sixServices(bench, targets);
      const config = { interval: 30, concurrency: 5, services };
      const contestants = [
        [OURS, children => startMonitor(bench, children, { services })],
        ['Python aiohttp', children => startPython(bench, children, config)],
      ].map(([who, start]) => ({ who, value: start, measure: startOnce }));
      const [ours, ...peers] = await inTurns(bench, bench.either(7, 3), contestants);
      return [
        { what: this.about, of: 'clients', unit: 's', ours, peers, reach: { atMost: 1, text: 'under 1 s' } },
      ];
    } finally {
      await targets.stop();
    }
  },
};

/** In seconds. */
async function startOnce(start) {
  const seconds = await withChildren(async children => (await start(children)).child.readyAfter / 1000);
  await sleep(200);
  return seconds;
}
