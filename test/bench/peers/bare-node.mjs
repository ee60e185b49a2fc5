// Node by itself: what a process takes that has loaded so much and does nothing, and what an answer takes that is always the same.
//
// usage: bare-node.mjs THREADS BYTES [PACKAGE...]
// Loads the packages, starts THREADS threads, and answers every HTTP request with so many BYTES, by way of a thread where there is
// one; prints its port once all is there.

import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) await serve(...process.argv.slice(2));
else parentPort.on('message', text => parentPort.postMessage(text));

async function serve(threads, bytes, ...packages) {
  for (const name of packages) await import(name);
  const workers = Array.from({ length: Number(threads) }, () => new Worker(fileURLToPath(import.meta.url)));
  await Promise.all(workers.map(worker => new Promise(resolve => worker.once('online', resolve))));
  const body = 'x'.repeat(Number(bytes));
  const waiting = [];
  const write = (response, text) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
  workers[0]?.on('message', text => write(waiting.shift(), text));
  const server = http.createServer((_, response) => {
    if (workers.length === 0) return write(response, body);
    waiting.push(response);
    workers[0].postMessage(body);
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
}
