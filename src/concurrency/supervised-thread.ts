// What a thread of a SupervisedWorker is started with, and the messages of the two beside requests and events.

import { type MessagePort, workerData } from 'node:worker_threads';
import { ownThread } from './life-signs.js';

/** To the thread, beside its requests. */
export type SupervisorRequest =
  /** Asks for any event, `pong` if there is no other. */
  | { readonly type: 'ping' }
  /** Write what waits and end. */
  | { readonly type: 'close' };

/** From the thread, beside its events. */
export type SupervisedEvent =
  /** The first of all; the thread's work at its start follows. */
  { readonly type: 'started'; readonly thread: string | undefined } | { readonly type: 'pong' };

/** What a thread is started with. */
export interface SupervisedStart<Data> {
  /** Requests come in and events go out here; an event may be sent alone or several as an array. */
  readonly port: MessagePort;
  readonly data: Data;
}

/** To be called first in the thread: reports to the supervisor that it has started. */
export function supervised<Data>(): SupervisedStart<Data> {
  const start = workerData as SupervisedStart<Data>;
  start.port.postMessage({ type: 'started', thread: ownThread() } satisfies SupervisedEvent);
  return start;
}
