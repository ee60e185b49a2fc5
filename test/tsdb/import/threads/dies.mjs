// A thread that encodes nothing and dies of the third chunk.

import { parentPort } from 'node:worker_threads';

let count = 0;
parentPort.on('message', () => {
  if (++count === 3) throw new Error('dead');
});
