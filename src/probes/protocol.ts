// What the main thread and the checks' thread say to each other, beside what supervision needs.

import type { CheckResult } from '../model/result.js';
import type { OverallStatus } from '../model/service.js';
import type { Plan } from './check.js';
import type { Scan } from './scan.js';

/** To the thread. */
export type Order =
  | { readonly say: 'configure'; readonly plan: Plan }
  | { readonly say: 'status'; readonly status: OverallStatus }
  | { readonly say: 'refresh'; readonly ids: readonly string[] };

/** From the thread, several at a time. */
export type Report =
  | { readonly say: 'result'; readonly result: CheckResult }
  | { readonly say: 'scan'; readonly scan: Scan }
  | { readonly say: 'trouble'; readonly id: string; readonly message: string }
  /** The thread may not raise its priority above the main thread's. */
  | { readonly say: 'behind' };
