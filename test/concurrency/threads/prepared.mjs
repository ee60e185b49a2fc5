// A thread that may be started before its data are known: it sends them back, and then what it gets.

import { BroadcastChannel } from 'node:worker_threads';
import { supervised } from '../../../dist/concurrency/supervised-thread.js';

const channel = new BroadcastChannel('meanwhile');
const { port, data } = supervised(() => channel.postMessage('done'));
channel.close();
if (data === 'throw') throw new Error('no such file');
port.postMessage({ type: 'data', data });
port.on('message', request => {
  if (request.type === 'close') port.close();
  else port.postMessage(request);
});
