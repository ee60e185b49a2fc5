// What health-aware routing costs an application: decisions from the view in memory, beside a view without decisions and
// the document's way, which sends four requests for each. And how soon the view has the result of a check.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { startMonitor } from '../harness/monitor.mjs';
import { sixServices } from '../harness/six-services.mjs';
import { quantile } from '../harness/statistics.mjs';
import { each, inTurns } from '../harness/turns.mjs';

const ROUTER = fileURLToPath(new URL('../peers/router.mjs', import.meta.url));
const PER_SECOND = 10_000;

export default {
  name: 'routing',
  minutes: 1,
  about: '10,000 routing decisions a second from the view, CPU',
  async run(bench) {
    const children = new Children();
    try {
      const services = await sixServices(bench, children);
      const { url } = await startMonitor(bench, children, { services });
      const seconds = 2;
      const contestant = (who, how) => ({
        who,
        value: how,
        measure: () => router(children, url, how, seconds),
      });
      const [ours, watch, ask] = await inTurns(bench, bench.either(5, 2), [
        contestant(OURS, 'view'),
        contestant('a view and no decisions', 'watch'),
        contestant('asking four times for each', 'ask'),
      ]);
      const share = ({ cpu, wall }) => (cpu / wall) * 100;
      return [
        {
          what: this.about,
          unit: '% of a core',
          of: 'application',
          ours: each(ours, share),
          peers: [
            each(watch, share),
            // Of what it could do, as if it could do as much.
            each(ask, ({ cpu, decisions }) => ((cpu / decisions) * PER_SECOND) / 10),
          ],
          reach: { atMost: 1 },
        },
        await delays(bench),
      ];
    } finally {
      await children.stop();
    }
  },
};

async function router(children, url, how, seconds) {
  const args = [ROUTER, url, how, String(PER_SECOND), String(seconds)];
  const child = await children.start(`routing: ${how}`, process.execPath, args);
  const result = JSON.parse(await child.output());
  const wanted = (result.wall / 1000) * PER_SECOND;
  if (how === 'view' && result.decisions < wanted * 0.95)
    throw new Error(`${result.decisions} decisions, not ${Math.round(wanted)}`);
  return result;
}

/** A service goes up and down; its check has the time of its end, the view is updated a little later. */
async function delays(bench) {
  const { LangGraphMonitoring } = await import('../../../dist/client/monitoring.js');
  const ours = await bench.measure(OURS, async children => {
    let status = 200;
    const server = createServer((_, response) => response.writeHead(status).end('{}'));
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const services = {
      tools: { url: `http://127.0.0.1:${server.address().port}/health`, critical: true, timeout: 5 },
    };
    const scan = { intervals: { critical: '100ms', other: '100ms' } };
    const { url } = await startMonitor(bench, children, { scan, services });
    const view = new LangGraphMonitoring(url).watch();
    await view.ready();
    const found = [];
    let seen = '';
    view.onChange(({ services: { tools } }) => {
      if (seen !== '' && tools.health.status !== seen)
        found.push(Date.now() - Date.parse(tools.health.last_check));
      seen = tools.health.status;
    });
    for (let i = 0; i < bench.either(100, 40); i++) {
      status = status === 200 ? 503 : 200;
      await sleep(200 + (i % 7) * 10);
    }
    view.close();
    server.close();
    server.closeAllConnections();
    return quantile(found, 0.99);
  });
  return {
    what: 'a change, from the end of its check to the view of an application, p99',
    of: 'application',
    unit: 'ms',
    ours,
    peers: [],
    reach: { atMost: 100 },
  };
}
