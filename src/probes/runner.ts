// The joint between the checks and the rest of the program, wherever the checks run.

import type { LastPush } from '../model/push.js';
import type { OverallStatus } from '../model/service.js';
import type { ProberConfig } from './config.js';
import type { ProberEvents } from './prober.js';

export interface CheckRunnerEvents extends ProberEvents {
  /** The checks have stopped: until further results nothing is known of any service. They come back by themselves. */
  onDown(reason: string): void;
}

/** Something that runs checks. Made by worker.ts (a thread) or inline.ts (this thread); the caller must close it. */
export interface CheckRunner {
  configure(config: ProberConfig): void;
  setStatus(status: OverallStatus): void;
  refresh(ids: readonly string[]): void;
  /** Sets what a service reported last by itself. Its next check sees it. */
  setLastPush(id: string, last: LastPush): void;
  close(): Promise<void>;
}
