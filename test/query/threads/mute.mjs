// A query thread that takes what is asked and never comes back.

import { workerData } from 'node:worker_threads';

const { port } = workerData;

port.postMessage({ say: 'pong' });
port.on('message', ({ say }) => {
  if (say === 'ask') for (;;);
  else if (say === 'ping') port.postMessage({ say: 'pong' });
  else if (say === 'close') port.close();
});
