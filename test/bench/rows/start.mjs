// From starting the built program to its first answered /health, with an empty store.

import { setTimeout as sleep } from 'node:timers/promises';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { startPython } from '../harness/peers.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { median } from '../harness/statistics.mjs';

export default {
  name: 'start',
  about: 'start (built) to first answered /health, six services',
  async run(bench) {
    const targets = new Children();
    try {
      const services = await sixServices(bench, targets);
      const config = { interval: 30, concurrency: 5, services };
      return [
        {
          what: this.about,
          unit: 's',
          ours: await bench.attempt(OURS, () =>
            typical(bench, children => startMonitor(bench, children, { services })),
          ),
          peers: [
            await bench.attempt('Python aiohttp', () =>
              typical(bench, children => startPython(bench, children, config)),
            ),
          ],
          reach: { atMost: 1, text: 'under 1 s' },
        },
      ];
    } finally {
      await targets.stop();
    }
  },
};

/** The median of several starts, in seconds. */
async function typical(bench, start) {
  const seconds = [];
  for (let i = 0; i < bench.either(7, 3); i++) {
    const children = new Children();
    try {
      seconds.push((await start(children)).child.readyAfter / 1000);
    } finally {
      await children.stop();
    }
    await sleep(200);
  }
  return median(seconds);
}
