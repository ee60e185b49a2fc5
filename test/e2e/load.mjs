// Asks for paths of a monitor over so many connections for so long, then prints how often it was answered and the
// median time to an answer in milliseconds: node load.mjs URL CONNECTIONS MILLISECONDS PATH...

import { Agent, request } from 'node:http';

const [url, connections, milliseconds, ...paths] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const end = performance.now() + Number(milliseconds);
const times = [];

function ask(path) {
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, url), { agent }, response => {
      response.resume();
      response.once('end', resolve);
    });
    call.once('error', reject);
    call.end();
  });
}

async function client(first) {
  for (let i = first; performance.now() < end; i++) {
    const begun = performance.now();
    await ask(paths[i % paths.length]);
    times.push(performance.now() - begun);
  }
}

await Promise.all(Array.from({ length: Number(connections) }, (_, i) => client(i)));
agent.destroy();
times.sort((a, b) => a - b);
console.log(JSON.stringify({ answers: times.length, median: times[Math.floor(times.length / 2)] }));
