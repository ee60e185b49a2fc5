// A storage folder that could not be locked at the start: locked once it can be. Comes in: the lock; goes out: log lines,
// and a call when what may be done with the folder has changed.

import type { Millis } from '../model/time.js';
import type { StoreLog } from '../store/log.js';
import type { FolderLock } from './storage-folder.js';

const RETRY_INTERVAL: Millis = 5000;

interface LockWatchOptions {
  readonly folder: string;
  readonly log: StoreLog;
  /** Called after each change of the lock's `problem` or `obstacle`. */
  readonly onChange: () => void;
}

/** Takes the lock later where it could not be taken. The caller must close it, and release the lock. */
export class LockWatch {
  readonly #lock: FolderLock;
  readonly #options: LockWatchOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(lock: FolderLock, options: LockWatchOptions) {
    this.#lock = lock;
    this.#options = options;
    if (lock.problem === undefined) return;
    this.#report();
    this.#timer = setInterval(() => this.#retry(), RETRY_INTERVAL);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #retry(): void {
    const before = this.#lock.problem;
    this.#lock.retry();
    const { problem } = this.#lock;
    if (problem === before) return;
    this.#report();
    if (problem === undefined) this.close();
    this.#options.onChange();
  }

  #report(): void {
    const { folder, log } = this.#options;
    const { problem: err, obstacle } = this.#lock;
    if (err === undefined) log('info', 'Storage folder is locked', { folder });
    else if (obstacle !== undefined)
      log('warn', 'Storage folder is not locked; nothing is written to it', { folder, err });
    else
      log('warn', 'Storage folder is not locked; another monitor that uses it would not be noticed', {
        folder,
        err,
      });
  }
}
