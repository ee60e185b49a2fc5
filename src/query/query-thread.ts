// The file of the query thread, and that thread before there is an engine: it loads its code meanwhile.

import { PreparedThread } from '../concurrency/prepared-thread.js';
import type { ThreadOptions } from './protocol.js';

/** What the thread may have of JavaScript's heap, in MiB; samples are beside it. */
export const HEAP_LIMIT = 512;

export const QUERY_THREAD = { name: 'queries', file: new URL('./thread/thread.js', import.meta.url) };

/** Begins with the samples as soon as it is given their file. */
export type PreparedQueryThread = PreparedThread<ThreadOptions>;

/** Starts a query thread. The caller must discard it unless an engine may have taken it. */
export function prepareQueryThread(): PreparedQueryThread {
  return new PreparedThread({ ...QUERY_THREAD, heapLimit: HEAP_LIMIT });
}
