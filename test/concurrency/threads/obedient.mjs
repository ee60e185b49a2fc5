// A thread that follows commands: it answers, dies in one way or another, or does not end when it is asked to.

import { workerData } from 'node:worker_threads';

const { port, data } = workerData;
let isStubborn = false;

port.postMessage([{ type: 'data', data }, { type: 'ready' }]);
port.on('message', request => {
  if (request.type === 'ping') port.postMessage({ type: 'pong' });
  else if (request.type === 'echo') port.postMessage(request);
  else if (request.type === 'throw') throw new Error(request.message);
  else if (request.type === 'exit') process.exit(request.code);
  else if (request.type === 'hang') for (;;);
  else if (request.type === 'stay') isStubborn = true;
  else if (request.type === 'close' && !isStubborn) port.close();
});
