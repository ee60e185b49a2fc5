// A query thread that gets a third of a processor, as on a busy machine, and answers after many pings.

import { readlinkSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { port } = workerData;
const sleep = new Int32Array(new SharedArrayBuffer(4));
let pings = 0;

port.postMessage({ type: 'started', thread: readlinkSync('/proc/thread-self') });
port.on('message', ({ type, id }) => {
  if (type === 'query') {
    const end = performance.now() + 1400;
    while (performance.now() < end) {
      const working = performance.now() + 3;
      while (performance.now() < working);
      Atomics.wait(sleep, 0, 0, 7);
    }
    port.postMessage({ type: 'error', id, errorType: 'execution', message: `answered after ${pings} pings` });
  } else if (type === 'ping') {
    pings++;
    port.postMessage({ type: 'pong' });
  } else if (type === 'close') port.close();
});
