// The checks' own thread: what the main thread is busy with does not distort a measured time.

import { raiseThreadPriority } from '../concurrency/priority.js';
import {
  type SupervisedEvent,
  type SupervisorRequest,
  supervised,
} from '../concurrency/supervised-thread.js';
import { reviveSecrets } from '../config/secret-transfer.js';
import { type Millis, systemClock } from '../model/time.js';
import { host } from './kinds/host.js';
import { kinds } from './kinds/index.js';
import { Prober } from './prober.js';
import type { CheckEvent, CheckRequest } from './protocol.js';

const { port } = supervised<undefined>();

// A thread that may not raise its priority asks the other one to lower its own.
if (!raiseThreadPriority()) port.postMessage({ type: 'priorityRefused' } satisfies CheckEvent);

/** How long results wait for each other. */
const GATHER: Millis = 5;

let events: (CheckEvent | SupervisedEvent)[] = [];

/** Sends what has gathered for a moment as one message: services that start together mostly answer together. */
function send(item: CheckEvent | SupervisedEvent): void {
  if (events.push(item) === 1) setTimeout(flush, GATHER);
}

function flush(): void {
  const batch = events;
  events = [];
  port.postMessage(batch);
}

const prober = new Prober(
  [...kinds, host],
  {
    onResult: result => send({ type: 'result', result }),
    onInference: result => send({ type: 'inference', result }),
    onScan: scan => send({ type: 'scan', scan }),
    onTrouble: (id, message) => send({ type: 'error', id, message }),
  },
  systemClock,
);

port.on('message', (request: CheckRequest | SupervisorRequest) => {
  if (request.type === 'configure') void prober.configure(reviveSecrets(request.config));
  else if (request.type === 'status') prober.setStatus(request.status);
  else if (request.type === 'push') prober.setLastPush(request.id, request.last);
  else if (request.type === 'refresh') prober.refresh(request.ids);
  else if (request.type === 'ping') send({ type: 'pong' });
  else port.close();
});
