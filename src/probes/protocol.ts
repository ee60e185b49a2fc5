// Messages between the main thread and the checks' thread, beside those of supervision.

import type { InferenceResult } from '../model/inference.js';
import type { LastPush } from '../model/push.js';
import type { CheckResult } from '../model/result.js';
import type { OverallStatus } from '../model/service.js';
import type { ProberConfig } from './config.js';
import type { Scan } from './scan.js';

/** To the thread. */
export type CheckRequest =
  | { readonly type: 'configure'; readonly config: ProberConfig }
  | { readonly type: 'status'; readonly status: OverallStatus }
  | { readonly type: 'push'; readonly id: string; readonly last: LastPush }
  | { readonly type: 'refresh'; readonly ids: readonly string[] };

/** From the thread, several at a time. */
export type CheckEvent =
  | { readonly type: 'result'; readonly result: CheckResult }
  | { readonly type: 'inference'; readonly result: InferenceResult }
  | { readonly type: 'scan'; readonly scan: Scan }
  | { readonly type: 'error'; readonly id: string; readonly message: string }
  /** The thread may not raise its priority above the main thread's. */
  | { readonly type: 'priorityRefused' };
