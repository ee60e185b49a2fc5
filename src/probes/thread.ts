// The checks' own thread: what the main thread is busy with does not distort a measured time.

import { raiseThreadPriority } from '../concurrency/priority.js';
import {
  type SupervisedEvent,
  type SupervisorRequest,
  supervised,
} from '../concurrency/supervised-thread.js';
import { type Millis, systemClock } from '../model/time.js';
import { unseal } from './check.js';
import { host } from './kinds/host.js';
import { kinds } from './kinds/index.js';
import { Prober } from './prober.js';
import type { Order, Report } from './protocol.js';

const { port } = supervised<undefined>();

// A thread that may not raise its priority asks the other one to lower its own.
if (!raiseThreadPriority()) port.postMessage({ say: 'behind' } satisfies Report);

/** How long results wait for each other. */
const GATHER: Millis = 5;

let reports: (Report | SupervisedEvent)[] = [];

/** Sends what has gathered for a moment as one message: services that start together mostly answer together. */
function report(item: Report | SupervisedEvent): void {
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

port.on('message', (order: Order | SupervisorRequest) => {
  if (order.say === 'configure') void prober.configure(unseal(order.plan));
  else if (order.say === 'status') prober.setStatus(order.status);
  else if (order.say === 'refresh') prober.refresh(order.ids);
  else if (order.say === 'ping') report({ say: 'pong' });
  else port.close();
});
