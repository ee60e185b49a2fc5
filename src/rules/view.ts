// Rules as others see them: plain data that may go to another thread.

import type { Alert, AlertState } from '../model/alert.js';
import type { Millis } from '../model/time.js';
import type { Texts } from './definition.js';

/** Whether the last evaluation worked. */
export type RuleHealth = 'unknown' | 'ok' | 'err';

interface View {
  readonly name: string;
  /** The expression as Prometheus prints it. */
  readonly query: string;
  readonly labels: Texts;
  readonly health: RuleHealth;
  /** Empty while there is none. */
  readonly lastError: string;
  readonly evaluationTime: Millis;
  /** Undefined before the first. */
  readonly lastEvaluation: Millis | undefined;
}

interface RecordingRuleView extends View {
  readonly kind: 'recording';
}

export interface AlertingRuleView extends View {
  readonly kind: 'alerting';
  /** `unknown` before the first evaluation. */
  readonly state: AlertState | 'unknown';
  readonly holdDuration: Millis;
  readonly keepFiringFor: Millis;
  readonly annotations: Texts;
  /** Pending and firing ones, and for a while those that are over. */
  readonly alerts: readonly Alert[];
}

export type RuleView = RecordingRuleView | AlertingRuleView;

export interface RuleGroupView {
  readonly name: string;
  readonly file: string;
  readonly interval: Millis;
  readonly limit: number;
  readonly rules: readonly RuleView[];
  readonly evaluationTime: Millis;
  /** Undefined before the first. */
  readonly lastEvaluation: Millis | undefined;
}
