// Taking in the samples of a file, from its first byte until all of them can be queried: the command `import` of this
// program, VictoriaMetrics over HTTP in the text format of Prometheus.

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { openMetrics, writeAll } from '../harness/history.mjs';
import { get, getJson, post } from '../harness/loopback.mjs';
import { importHistory } from '../harness/monitor.mjs';
import { startVictoriaMetrics } from '../harness/peers.mjs';
import { inTurns } from '../harness/turns.mjs';

const HOUR = 3_600_000;
const PEER = 'VictoriaMetrics';
/** Characters of one request. */
const BATCH = 4 << 20;
const SECONDS = / (\d+)\.(\d{3})\n$/;

export default {
  name: 'import',
  minutes: 0.6,
  about: 'import of a week of 150 series x 30 s',
  async run(bench) {
    const days = bench.either(7, 1);
    const end = Math.floor(Date.now() / HOUR) * HOUR;
    const file = join(bench.folder, 'import.om');
    await writeAll(createWriteStream(file), openMetrics({ end, days }));
    const bodies = requestsOf({ end, days });
    const samples = bodies.reduce((sum, { count }) => sum + count, 0);
    const folder = () => mkdtempSync(join(bench.folder, 'import-'));
    const contestants = [
      { who: OURS, value: folder, measure: make => ours(file, make()) },
      { who: PEER, value: folder, measure: make => victoria(bodies, make(), { end, days, samples }) },
    ];
    const [own, ...peers] = await inTurns(bench, bench.either(5, 2), contestants);
    rmSync(file);
    const what = `${this.about}, ${(samples / 1e6).toFixed(1)} M samples, until they can be queried`;
    return [
      { what, of: 'clients', unit: 's', ours: own, peers, reach: { atMostOf: { who: PEER, share: 1 } } },
    ];
  },
};

/** The same lines with milliseconds, some thousand in a request. */
function requestsOf(history) {
  const bodies = [];
  let [body, count] = ['', 0];
  for (const line of openMetrics(history)) {
    if (line.startsWith('#')) continue;
    body += line.replace(SECONDS, ' $1$2\n');
    count++;
    if (body.length < BATCH) continue;
    bodies.push({ body: Buffer.from(body), count });
    [body, count] = ['', 0];
  }
  if (count > 0) bodies.push({ body: Buffer.from(body), count });
  return bodies;
}

async function ours(file, folder) {
  const children = new Children();
  try {
    const begun = performance.now();
    await importHistory(children, file, folder);
    return (performance.now() - begun) / 1000;
  } finally {
    await children.stop();
    rmSync(folder, { recursive: true });
  }
}

async function victoria(bodies, folder, { end, days, samples }) {
  const children = new Children();
  try {
    const { url } = await startVictoriaMetrics(children, { folder, flags: ['-retentionPeriod=100d'] });
    const begun = performance.now();
    for (const { body } of bodies) await post(`${url}/api/v1/import/prometheus`, body);
    await get(`${url}/internal/force_flush`);
    const took = (performance.now() - begun) / 1000;
    const query = encodeURIComponent(`sum(count_over_time({__name__=~"bench_.+"}[${days + 1}d]))`);
    const { data } = await getJson(`${url}/api/v1/query?query=${query}&time=${end / 1000 + 60}&nocache=1`);
    const found = Number(data.result[0]?.value[1]);
    if (found !== samples) throw new Error(`${found} of ${samples} samples are there`);
    return took;
  } finally {
    await children.stop();
    rmSync(folder, { recursive: true });
  }
}
