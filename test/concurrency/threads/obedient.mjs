// A thread that does as it is told: answers, dies in one way or another, or does not end when it is asked to.

import { workerData } from 'node:worker_threads';

const { port, data } = workerData;
let isStubborn = false;

port.postMessage([{ say: 'started', data }, { say: 'ready' }]);
port.on('message', request => {
  if (request.say === 'ping') port.postMessage({ say: 'pong' });
  else if (request.say === 'echo') port.postMessage(request);
  else if (request.say === 'throw') throw new Error(request.message);
  else if (request.say === 'exit') process.exit(request.code);
  else if (request.say === 'hang') for (;;);
  else if (request.say === 'stay') isStubborn = true;
  else if (request.say === 'close' && !isStubborn) port.close();
});
