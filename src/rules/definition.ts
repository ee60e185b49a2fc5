// A rule file after it was read and found good.

import type { Millis } from '../model/time.js';
import type { Expr } from '../promql/ast.js';

/** Names and values, sorted by name. An empty value takes a label away from what it is put on. */
export type Texts = Readonly<Record<string, string>>;

interface Rule {
  readonly name: string;
  readonly expr: Expr;
  /** What `expr` was parsed from. */
  readonly text: string;
  /** The rule's own over those of its group. */
  readonly labels: Texts;
}

/** A rule with `record`. */
export interface RecordingDefinition extends Rule {
  readonly kind: 'recording';
}

/** A rule with `alert`. */
export interface AlertingDefinition extends Rule {
  readonly kind: 'alerting';
  /** `for`. */
  readonly holdDuration: Millis;
  readonly keepFiringFor: Millis;
  readonly annotations: Texts;
}

export type RuleDefinition = RecordingDefinition | AlertingDefinition;

/** Rules that are evaluated one after the other. */
export interface GroupDefinition {
  readonly name: string;
  /** Undefined: the default interval. */
  readonly interval: Millis | undefined;
  /** How far before the evaluation the rules look. */
  readonly queryOffset: Millis;
  /** Series or alerts a rule may have; 0 is any number. */
  readonly limit: number;
  readonly rules: readonly RuleDefinition[];
}

/** A rule file. */
export interface RuleFile {
  /** Its path as it was found. */
  readonly file: string;
  readonly groups: readonly GroupDefinition[];
}
