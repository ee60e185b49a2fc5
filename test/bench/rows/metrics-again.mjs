// /metrics when nothing has changed since it was last read: two Prometheus servers, or one scraping faster
// than we scan.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { cpuDuring } from '../harness/accounting.mjs';
import { OURS } from '../harness/bench.mjs';
import { Children } from '../harness/children.mjs';
import { startLargeHaproxy, watch } from '../harness/large-haproxy.mjs';
import { get } from '../harness/loopback.mjs';
import { startStatic } from '../harness/peers.mjs';
import { inTurns } from '../harness/turns.mjs';

const FIRST = 'the first after a scan';
const BARE = 'bare node:http, the same bytes';
/** Scans of a round. */
const FIRSTS = 4;
const ENCODINGS = { plain: {}, gzip: { 'accept-encoding': 'gzip' } };

export default {
  name: 'metrics-again',
  minutes: 1.2,
  about: '/metrics again with nothing changed, 100 backends x 10 servers, CPU per request',
  async run(bench) {
    const children = new Children();
    try {
      const haproxy = await startLargeHaproxy(bench, children);
      const ours = await bench.attempt(OURS, () => startWatching(bench, children, haproxy));
      const bare = await bench.attempt(BARE, () => startBare(bench, children, ours.value));
      const rounds = bench.either(5, 2);
      const lines = [];
      for (const [encoding, headers] of Object.entries(ENCODINGS)) {
        const page = ({ pid, pages }) => perRequest(bench, pid, pages[encoding], headers);
        const [again, first, plain] = await inTurns(bench, rounds, [
          { ...ours, measure: page },
          { ...ours, who: FIRST, measure: monitor => firstReading(monitor, headers) },
          { ...bare, measure: servers => page(servers[encoding]) },
        ]);
        lines.push({
          what: `${this.about}, ${encoding}`,
          unit: 'ms',
          ours: again,
          peers: [first, plain],
          reach: {
            atMostOf: { who: FIRST, share: 0.1 },
            text: 'cached bytes (at most a tenth of the first)',
          },
        });
      }
      return lines;
    } finally {
      await children.stop();
    }
  },
};

async function startWatching(bench, children, haproxy) {
  const { pid, url, scan } = await watch(bench, children, haproxy);
  // Compiled code and grown buffers, as after a while of running.
  for (let i = 0; i < bench.either(10, 5); i++) {
    await scan();
    for (const headers of Object.values(ENCODINGS)) await get(`${url}/metrics`, headers);
  }
  return { pid, scan, pages: { plain: `${url}/metrics`, gzip: `${url}/metrics` } };
}

/** A server for each encoding, of the bytes that the monitor serves. */
async function startBare(bench, children, { pages }) {
  const servers = {};
  for (const [encoding, headers] of Object.entries(ENCODINGS)) {
    const { body } = await get(pages[encoding], headers);
    if (encoding === 'gzip') gunzipSync(body);
    const path = join(mkdtempSync(join(bench.folder, 'bytes-')), 'metrics');
    writeFileSync(path, body);
    const file = {
      path,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      encoding: encoding === 'gzip' ? encoding : undefined,
    };
    const { pid, url } = await startStatic(children, 'node:http', file);
    servers[encoding] = { pid, pages: { [encoding]: `${url}/metrics` } };
  }
  return servers;
}

/** Milliseconds of CPU of the first reading after a scan: rendered, and encoded. The scan itself is not in it. */
async function firstReading({ pid, pages, scan }, headers) {
  let total = 0;
  for (let i = 0; i < FIRSTS; i++) {
    await scan();
    // What the scan leaves to do afterwards (storing, collecting garbage) is the scan's.
    await sleep(500);
    total += (await cpuDuring([pid], () => get(pages.plain, headers))).cpu;
  }
  return total / FIRSTS;
}

/** Milliseconds of CPU of a reading when nothing has changed. */
async function perRequest(bench, pid, url, headers) {
  // Enough for the kernel's clock of 10 ms.
  const requests = bench.either(400, 100);
  for (let i = 0; i < 20; i++) await get(url, headers);
  await sleep(500);
  const { cpu } = await cpuDuring([pid], async () => {
    for (let i = 0; i < requests; i++) await get(url, headers);
  });
  return cpu / requests;
}
