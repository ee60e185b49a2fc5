// What a thread of a SupervisedWorker is started with, and the messages of the two beside requests and events.

import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
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

/** What a thread is started with whose data come later, as the first message. */
export interface PreparedStart {
  readonly port: MessagePort;
  /** One number: {@link READY} once the data are there. */
  readonly ready: Int32Array;
}

export const READY = 1;

/** To be called first in the thread: reports to the supervisor that it has started, and blocks until its data are there. */
export function supervised<Data>(): SupervisedStart<Data> {
  const start = startOf<Data>(workerData);
  start.port.postMessage({ type: 'started', thread: ownThread() } satisfies SupervisedEvent);
  return start;
}

function startOf<Data>(start: SupervisedStart<Data> | PreparedStart): SupervisedStart<Data> {
  if (!('ready' in start)) return start;
  const { port, ready } = start;
  Atomics.wait(ready, 0, 0);
  return { port, data: receiveMessageOnPort(port)?.message as Data };
}
