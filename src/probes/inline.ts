// The checks in this thread: for tests, which may bring their own kinds and clock.

import { type Clock, systemClock } from '../model/time.js';
import type { ProberConfig } from './config.js';
import { kinds as allKinds } from './kinds/index.js';
import type { ProbeKind } from './probe-kind.js';
import { Prober } from './prober.js';
import type { CheckRunner, CheckRunnerEvents } from './runner.js';

/** Runs checks here, without a thread. */
export function runInline(
  events: CheckRunnerEvents,
  kinds: readonly ProbeKind[] = allKinds,
  clock: Clock = systemClock,
): CheckRunner {
  const prober = new Prober(kinds, events, clock);
  return {
    configure: (config: ProberConfig) => void prober.configure(config),
    setStatus: status => prober.setStatus(status),
    setLastPush: (id, last) => prober.setLastPush(id, last),
    refresh: ids => prober.refresh(ids),
    close: async () => prober.close(),
  };
}
