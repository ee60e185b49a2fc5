// What is stored and has still to be sent to other storages. Comes in: every scrape, within the transaction that stores it; goes
// out: windows of samples, one after the other for each receiver. A position moves on when the receiver has acknowledged a
// window, and what is read is noted before it is sent: after a crash the same window is sent again, divided as it was.

import type { Millis } from '../../model/time.js';
import type { SampleFile } from '../file.js';
import type { Head } from '../head/head.js';
import type { LoggedSamples } from '../head/log-row.js';
import type { OutgoingRow, QueuePosition } from './outgoing-table.js';
import { type QueueWindow, windowOf } from './queue-window.js';

/** Rows that are read at a time. */
const READ_BATCH = 20;
/** Rows that are looked at for their age at a time. */
const PRUNE_BATCH = 200;

/** How a receiver does. */
export interface QueueStatus {
  readonly name: string;
  /** Samples and ends that it has not acknowledged. */
  readonly pending: number;
  /** Samples and ends that were too old before it had them, since the start. */
  readonly dropped: number;
  /** The newest sample that it has acknowledged; 0 before the first. */
  readonly newest: Millis;
}

/** Which samples are wanted next. */
export interface WindowRequest {
  /** The last row of the window before, which the receiver has; undefined without one. */
  readonly acknowledged: { readonly to: number; readonly newest: Millis } | undefined;
  /** Samples it may have, if its first scrape has no more; 0: none is wanted. */
  readonly max: number;
  /** How they will be divided into requests. */
  readonly split: string;
}

type Queue = { -readonly [K in keyof QueuePosition]: QueuePosition[K] } & {
  pending: number;
  dropped: number;
  /** What is on disk. */
  stored: Pick<QueuePosition, 'sent' | 'reading'>;
};

/** The queues of one store, whichever file it has open. */
export class Outgoing {
  /** Undefined until it is known which there are: what an earlier run has left stays as it is. */
  #queues: Map<string, Queue> | undefined;
  /** Samples and ends that were added within the transaction. */
  #added = 0;
  /** The heads of those scrapes, and their times. */
  #heads = new Map<Head, Millis>();
  /** The newest sample that was queued. */
  newest: Millis = 0;

  /** Whether scrapes are to be queued. */
  get isOn(): boolean {
    return this.#queues !== undefined && this.#queues.size > 0;
  }

  get statuses(): QueueStatus[] {
    const all = [...(this.#queues?.values() ?? [])];
    return all.map(({ name, pending, dropped, newest }) => ({ name, pending, dropped, newest }));
  }

  /** Queues of these names are filled from now on; a new one begins with the next scrape. Others are forgotten. */
  setNames(names: readonly string[], file: SampleFile | undefined): void {
    const known = this.#queues;
    this.#queues = new Map(names.map(name => [name, known?.get(name) ?? emptyQueue(name)]));
    if (file) this.load(file);
  }

  /** Takes over what a file has. @throws SQLite's errors */
  load(file: SampleFile): void {
    const queues = this.#queues;
    if (!queues) return;
    const stored = new Map(file.outgoing.positions().map(position => [position.name, position]));
    const { lastId, newest } = file.outgoing;
    for (const queue of queues.values()) {
      const { name, dropped } = queue;
      const position = stored.get(name) ?? { ...emptyQueue(name), sent: lastId, reading: lastId };
      const { sent, reading } = position;
      Object.assign(queue, position, {
        pending: file.outgoing.countAfter(sent),
        stored: { sent, reading },
        dropped,
      });
      if (!stored.has(name)) file.outgoing.setPosition(queue);
      this.newest = Math.max(this.newest, queue.newest);
    }
    this.newest = Math.max(this.newest, newest ?? 0);
    for (const name of stored.keys()) if (!queues.has(name)) file.outgoing.removePosition(name);
    this.#trim(file);
  }

  /** To be called before each transaction that scrapes are stored in. */
  begin(): void {
    this.#added = 0;
    this.#heads.clear();
  }

  /** Queues a scrape. A file that was replaced gets the scrapes in memory once more, which are queued already. */
  add(file: SampleFile, head: Head, at: Millis, samples: LoggedSamples, ended: readonly number[]): void {
    if (!this.isOn || at <= head.queuedTo) return;
    this.#heads.set(head, at);
    if (samples.ids.length + samples.timed.length + ended.length === 0) return;
    this.#added += file.outgoing.append(at, { ...samples, ended });
    this.newest = Math.max(this.newest, at);
  }

  /** What was added is on disk. @returns whether anything was */
  commit(): boolean {
    for (const [head, at] of this.#heads) head.queuedTo = at;
    for (const queue of this.#queues?.values() ?? []) queue.pending += this.#added;
    return this.#added > 0;
  }

  /** What is to be sent next; undefined when there is nothing. Is on disk when it returns. @throws SQLite's errors */
  next(file: SampleFile, name: string, request: WindowRequest): QueueWindow | undefined {
    const queue = this.#queues?.get(name);
    if (!queue) return undefined;
    const { acknowledged, max, split } = request;
    const { stored } = queue;
    const window = file.transaction(() => {
      if (acknowledged && acknowledged.to > queue.sent) this.#acknowledge(file, queue, acknowledged);
      const window = max > 0 ? this.#read(file, queue, max, split) : undefined;
      if (window) Object.assign(queue, { reading: window.to, split: window.split });
      if (stored.sent !== queue.sent || stored.reading !== queue.reading) file.outgoing.setPosition(queue);
      if (stored.sent !== queue.sent) this.#trim(file);
      return window;
    });
    queue.stored = { sent: queue.sent, reading: queue.reading };
    return window;
  }

  #acknowledge(file: SampleFile, queue: Queue, { to, newest }: { to: number; newest: Millis }): void {
    Object.assign(queue, { sent: to, reading: Math.max(to, queue.reading) });
    queue.newest = Math.max(queue.newest, newest);
    queue.pending = file.outgoing.countAfter(to);
  }

  #read(file: SampleFile, queue: Queue, max: number, split: string): QueueWindow | undefined {
    // Read before and not acknowledged: all of it again.
    if (queue.reading > queue.sent)
      return windowOf(rowsOf(file, queue.sent, queue.reading, Infinity), queue.reading, queue.split);
    const rows = rowsOf(file, queue.sent, Number.MAX_SAFE_INTEGER, max);
    const last = rows.at(-1);
    return last && windowOf(rows, last.id, split);
  }

  /** Forgets what all receivers have. */
  #trim(file: SampleFile): void {
    const sent = [...(this.#queues?.values() ?? [])].map(queue => queue.sent);
    file.outgoing.trim(sent.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...sent));
  }

  /** Forgets some scrapes of before a moment that a receiver has not got. @returns whether there may be more @throws SQLite's errors */
  prune(file: SampleFile, before: Millis, limit = PRUNE_BATCH): boolean {
    const rows = file.outgoing.oldest(limit);
    const kept = rows.findIndex(({ at }) => at >= before);
    const old = kept < 0 ? rows : rows.slice(0, kept);
    const last = old.at(-1)?.id;
    if (last === undefined) return false;
    file.transaction(() => {
      for (const queue of this.#queues?.values() ?? []) {
        if (queue.sent >= last) continue;
        const lost = old.filter(({ id }) => id > queue.sent).reduce((sum, { count }) => sum + count, 0);
        queue.dropped += lost;
        queue.pending = Math.max(0, queue.pending - lost);
        Object.assign(queue, { sent: last, reading: Math.max(last, queue.reading) });
        file.outgoing.setPosition(queue);
      }
      file.outgoing.trim(last);
    });
    return kept < 0;
  }

  /** The clock was set back: what is of the time to come and was not read yet is not sent. @throws SQLite's errors */
  rewind(file: SampleFile, at: Millis): void {
    const read = [...(this.#queues?.values() ?? [])].map(({ reading }) => reading);
    file.outgoing.deleteFrom(at, Math.max(0, ...read));
  }
}

function emptyQueue(name: string): Queue {
  return {
    ...{ name, sent: 0, reading: 0, split: '', newest: 0, pending: 0, dropped: 0 },
    stored: { sent: 0, reading: 0 },
  };
}

/** Rows with so many samples together, or one that has more. */
function rowsOf(file: SampleFile, after: number, upTo: number, max: number): OutgoingRow[] {
  const rows: OutgoingRow[] = [];
  let count = 0;
  for (;;) {
    const batch = file.outgoing.between(rows.at(-1)?.id ?? after, upTo, READ_BATCH);
    for (const row of batch) {
      count += row.count;
      if (count > max && rows.length > 0) return rows;
      rows.push(row);
    }
    if (batch.length < READ_BATCH) return rows;
  }
}
