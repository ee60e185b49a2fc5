// /metrics when nothing has changed since it was last read: two Prometheus servers, or one scraping faster
// than we scan.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { cpuDuring } from '../harness/accounting.mjs';
import { map, OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { startLargeHaproxy, watch } from '../harness/large-haproxy.mjs';
import { get } from '../harness/loopback.mjs';
import { startStatic } from '../harness/peers.mjs';

const FIRST = 'the first after a scan';
const BARE = 'bare node:http, the same bytes';
const ENCODINGS = { plain: {}, gzip: { 'accept-encoding': 'gzip' } };

export default {
  name: 'metrics-again',
  about: '/metrics again with nothing changed, 100 backends x 10 servers, CPU per request',
  async run(bench) {
    const children = new Children();
    try {
      const haproxy = await startLargeHaproxy(bench, children);
      const ours = await bench.measure(OURS, own => measureMonitor(bench, own, haproxy));
      return Object.keys(ENCODINGS).map(encoding => ({
        what: `${this.about}, ${encoding}`,
        unit: 'ms',
        ours: map(ours, value => value[encoding].again),
        peers: [
          { ...map(ours, value => value[encoding].first), who: FIRST },
          { ...map(ours, value => value[encoding].bare), who: BARE },
        ],
        reach: { atMostOf: { who: FIRST, share: 0.1 }, text: 'cached bytes (at most a tenth of the first)' },
      }));
    } finally {
      await children.stop();
    }
  },
};

async function measureMonitor(bench, children, haproxy) {
  const { pid, url, scan } = await watch(bench, children, haproxy);
  // Compiled code and grown buffers, as after a while of running.
  for (let i = 0; i < bench.either(10, 5); i++) {
    await scan();
    for (const headers of Object.values(ENCODINGS)) await get(`${url}/metrics`, headers);
  }
  const found = {};
  for (const [encoding, headers] of Object.entries(ENCODINGS)) {
    const first = await firstReading(bench, { pid, url, scan }, headers);
    const { again, body } = await perRequest(bench, pid, `${url}/metrics`, headers);
    if (encoding === 'gzip') gunzipSync(body);
    found[encoding] = { first, again, bare: await bareReading(bench, children, encoding, body, headers) };
  }
  return found;
}

/** CPU of the first reading after a scan: rendered, and encoded. The scan itself is not in it. */
async function firstReading(bench, { pid, url, scan }, headers) {
  const rounds = bench.either(20, 6);
  let total = 0;
  for (let i = 0; i < rounds; i++) {
    await scan();
    // What the scan leaves to do afterwards (storing, collecting garbage) is the scan's.
    await sleep(500);
    total += (await cpuDuring([pid], () => get(`${url}/metrics`, headers))).cpu;
  }
  return total / rounds;
}

async function perRequest(bench, pid, url, headers) {
  // Enough for the kernel's clock of 10 ms.
  const rounds = bench.either(1000, 200);
  let body;
  for (let i = 0; i < 50; i++) ({ body } = await get(url, headers));
  await sleep(1000);
  const { cpu } = await cpuDuring([pid], async () => {
    for (let i = 0; i < rounds; i++) await get(url, headers);
  });
  return { again: cpu / rounds, body };
}

async function bareReading(bench, children, encoding, body, headers) {
  const path = join(mkdtempSync(join(bench.folder, 'bytes-')), 'metrics');
  writeFileSync(path, body);
  const file = {
    path,
    type: 'text/plain; version=0.0.4; charset=utf-8',
    encoding: encoding === 'gzip' ? encoding : undefined,
  };
  const { pid, url } = await startStatic(children, 'node:http', file);
  return (await perRequest(bench, pid, `${url}/metrics`, headers)).again;
}
