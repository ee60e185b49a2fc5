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

/**
 * To be called first in the thread: reports to the supervisor that it has started, and blocks until its data are there.
 * @param meanwhile what a thread that was started before its data are known does until then
 */
export function supervised<Data>(meanwhile?: () => void): SupervisedStart<Data> {
  const start = startOf<Data>(workerData, meanwhile);
  start.port.postMessage({ type: 'started', thread: ownThread() } satisfies SupervisedEvent);
  return start;
}

function startOf<Data>(
  start: SupervisedStart<Data> | PreparedStart,
  meanwhile: (() => void) | undefined,
): SupervisedStart<Data> {
  if (!('ready' in start)) return start;
  const { port, ready } = start;
  if (Atomics.load(ready, 0) !== READY) meanwhile?.();
  Atomics.wait(ready, 0, 0);
  const given = receiveMessageOnPort(port);
  // The thread is not wanted any more.
  if (!given) process.exit();
  return { port, data: given.message as Data };
}
