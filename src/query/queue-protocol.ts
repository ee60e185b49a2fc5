// Messages between the query thread, which has the samples, and the thread that sends them to other storages.

import type { QueueStatus, WindowRequest } from '../tsdb/outgoing/outgoing.js';
import type { QueueWindow } from '../tsdb/outgoing/queue-window.js';

/** To the query thread; a {@link QueueEvent} of type `window` comes back. */
export interface QueueRequest {
  readonly type: 'next';
  readonly name: string;
  readonly request: WindowRequest;
}

/** A window, and the labels of its series that were not sent before. */
export interface LabelledWindow extends QueueWindow {
  /** What was sent of series before does not count any more. */
  readonly isReset: boolean;
  readonly series: readonly SeriesLabels[];
}

interface SeriesLabels {
  readonly id: number;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** From the query thread. */
export type QueueEvent =
  /** Undefined: there is nothing, or the disk fails. */
  | { readonly type: 'window'; readonly name: string; readonly window: LabelledWindow | undefined }
  /** Sent when scrapes were stored, and after each window. @see QueueStatus */
  | { readonly type: 'status'; readonly newest: number; readonly queues: readonly QueueStatus[] };
