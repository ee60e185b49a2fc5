// A query thread that takes what is asked and never comes back.

import { workerData } from 'node:worker_threads';

const { port } = workerData;

port.postMessage({ type: 'pong' });
port.on('message', ({ type }) => {
  if (type === 'query') for (;;);
  else if (type === 'ping') port.postMessage({ type: 'pong' });
  else if (type === 'close') port.close();
});
