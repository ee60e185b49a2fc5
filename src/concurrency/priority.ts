// The order in which the system serves this process' threads.

import { constants, setPriority } from 'node:os';

/** Lowers the calling thread's priority, which every user may: measurements come before answers. Linux only. */
export function lowerThreadPriority(): void {
  try {
    if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Everything works, only later under load.
  }
}

/** Raises the calling thread's priority on Linux. Returns whether it was allowed. */
export function raiseThreadPriority(): boolean {
  try {
    setPriority(0, constants.priority.PRIORITY_HIGH);
    return true;
  } catch {
    return false;
  }
}
