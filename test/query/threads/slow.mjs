// A query thread that gets a third of a processor, as on a busy machine, and answers after many pings.

import { readlinkSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { port } = workerData;
const sleep = new Int32Array(new SharedArrayBuffer(4));
let pings = 0;

port.postMessage({ say: 'begun', thread: readlinkSync('/proc/thread-self') });
port.on('message', ({ say, id }) => {
  if (say === 'ask') {
    const end = performance.now() + 1400;
    while (performance.now() < end) {
      const working = performance.now() + 3;
      while (performance.now() < working);
      Atomics.wait(sleep, 0, 0, 7);
    }
    port.postMessage({ say: 'refusal', id, type: 'execution', message: `answered after ${pings} pings` });
  } else if (say === 'ping') {
    pings++;
    port.postMessage({ say: 'pong' });
  } else if (say === 'close') port.close();
});
