// What the query thread's rules are given, and what they say.

import type { Alert, PendingAlert } from '../model/alert.js';
import type { Millis } from '../model/time.js';
import type { EvaluationResult } from '../rules/manager.js';
import type { TransferredRuleFile } from '../rules/transfer.js';

/** The rules and their settings, as plain data that can be sent between threads. */
export interface RuleSettings {
  readonly files: readonly TransferredRuleFile[];
  /** Without a slash at the end. */
  readonly externalUrl: string;
  /** What `$externalLabels` has in templates. */
  readonly externalLabels: Readonly<Record<string, string>>;
  /** Time between two scrapes, and between two evaluations of groups that name no interval. */
  readonly interval: Millis;
  /** The expression whose value is the cluster's status. */
  readonly status: string;
}

/** The result of the rules after a scrape. */
export interface RuleEvaluation {
  /** When the scrape was taken. */
  readonly at: Millis;
  /** Of the expression for the status: the least value; undefined when it has none. */
  readonly status: number | undefined;
  /** Pending and firing. */
  readonly alerts: readonly Alert[];
  /** When pending ones will fire. */
  readonly pending: readonly PendingAlert[];
  readonly evaluation: EvaluationResult;
  /** Without what was let in between. */
  readonly duration: Millis;
}
