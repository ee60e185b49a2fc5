// The checks' own thread: what the main thread is busy with does not distort a measured time.

import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { ownThread } from '../concurrency/life-signs.js';
import { type Millis, systemClock } from '../model/time.js';
import { unseal } from './check.js';
import { host } from './kinds/host.js';
import { kinds } from './kinds/index.js';
import { Prober } from './prober.js';
import type { Order, Report } from './protocol.js';

if (!parentPort) throw new Error('probes/thread.ts is started by probes/worker.ts');
const port = parentPort;

port.postMessage([{ say: 'begun', thread: ownThread() } satisfies Report]);
goFirst();

/** On Linux this is the calling thread's priority alone. Who may not raise it asks the other thread to step back. */
function goFirst(): void {
  try {
    setPriority(0, constants.priority.PRIORITY_HIGH);
  } catch {
    port.postMessage([{ say: 'behind' } satisfies Report]);
  }
}

/** How long results wait for each other. */
const GATHER: Millis = 5;

let reports: Report[] = [];

/** Sends what has gathered for a moment as one message: services that start together mostly answer together. */
function report(item: Report): void {
  if (reports.push(item) === 1) setTimeout(flush, GATHER);
}

function flush(): void {
  const batch = reports;
  reports = [];
  port.postMessage(batch);
}

const prober = new Prober(
  [...kinds, host],
  {
    onResult: result => report({ say: 'result', result }),
    onScan: scan => report({ say: 'scan', scan }),
    onTrouble: (id, message) => report({ say: 'trouble', id, message }),
  },
  systemClock,
);

port.on('message', (order: Order) => {
  if (order.say === 'configure') void prober.configure(unseal(order.plan));
  else if (order.say === 'status') prober.setStatus(order.status);
  else if (order.say === 'refresh') prober.refresh(order.ids);
  else report({ say: 'pong' });
});
