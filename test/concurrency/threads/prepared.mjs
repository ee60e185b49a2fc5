// A thread that may be started before its data are known: it sends them back, and then what it gets.

import { supervised } from '../../../dist/concurrency/supervised-thread.js';

const { port, data } = supervised();
if (data === 'throw') throw new Error('no such file');
port.postMessage({ type: 'data', data });
port.on('message', request => {
  if (request.type === 'close') port.close();
  else port.postMessage(request);
});
