// The floor under a probe in Node: a client that keeps its connections and reads the whole answer, nothing
// else.
//
// usage: http-client.mjs WARMUP_S SECONDS SERVICES PORT...
// Asks /service/N back to back, 50 at once, ten a host; prints {"probes":P,"cpu_ms":C} of the last SECONDS.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { getWith } from './get.mjs';

const [warmup, seconds, services, ...ports] = process.argv.slice(2);
const CONCURRENT = 50;
const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });

const ask = getWith(agent);

let [probes, next, running] = [0, 0, true];
async function loop() {
  while (running) {
    const i = next++;
    await ask(`http://127.0.0.1:${ports[i % ports.length]}/service/${i % Number(services)}`);
    probes++;
  }
}
const loops = Array.from({ length: CONCURRENT }, loop);
await sleep(Number(warmup) * 1000);
const [before, cpu] = [probes, process.cpuUsage()];
await sleep(Number(seconds) * 1000);
const used = process.cpuUsage(cpu);
const counted = probes - before;
running = false;
await Promise.all(loops);
process.stdout.write(
  `${JSON.stringify({ probes: counted, cpu_ms: (used.user + used.system) / 1000 })}\n`,
  () => process.exit(0),
);
