// A group of rules, evaluated one after the other, each seeing what the earlier ones wrote. Comes in: a moment, someone
// to ask and someone who writes; goes out: recorded series and alerts.
// Source: Prometheus, rules/group.go.

import type { Alert } from '../model/alert.js';
import type { SampleSource } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import type { AlertingRule } from './alerting.js';
import type { GroupDefinition, RuleDefinition } from './definition.js';
import type { TemplateContext } from './expansion.js';
import { type RestoreLimits, restore } from './restore.js';
import { restoreFromState, type StateRestoreContext } from './restore-from-state.js';
import { EvaluatedRule, type EvaluationContext } from './rule.js';
import type { RuleGroupView } from './view.js';

/** As in Prometheus: by then recording rules that alerts depend on have values again. */
export const EVALUATIONS_BEFORE_RESTORE = 2;

/** What a group is made with. */
interface GroupOptions {
  readonly file: string;
  /** Of a group that names none. */
  readonly defaultInterval: Millis;
  readonly context: TemplateContext;
  /** Alerts of an earlier run are to be looked up before anything of alerts is written. */
  readonly shouldRestore: boolean;
}

/** A rule that stopped or began to work, or fails in another way than before. */
export interface HealthChange {
  readonly file: string;
  readonly group: string;
  readonly rule: string;
  /** Empty: it works again. */
  readonly error: string;
}

/** What one evaluation of a group came to. */
interface GroupOutcome {
  readonly samples: number;
  readonly rules: number;
  readonly failures: number;
  readonly changes: readonly HealthChange[];
}

/** A group over time. */
export class RuleGroup {
  readonly definition: GroupDefinition;
  readonly file: string;
  readonly name: string;
  readonly interval: Millis;
  readonly rules: readonly EvaluatedRule[];
  shouldRestore: boolean;
  /** It began with alerts of an earlier run to be looked up. */
  #isRestored: boolean;
  /** Evaluations since it was made. */
  #evaluations = 0;
  #evaluationTime: Millis = 0;
  #lastEvaluation: Millis | undefined;
  #lastKept: Millis | undefined;

  constructor(definition: GroupDefinition, options: GroupOptions) {
    const { file, defaultInterval, context, shouldRestore } = options;
    this.definition = definition;
    this.file = file;
    this.name = definition.name;
    this.interval = definition.interval ?? defaultInterval;
    this.shouldRestore = shouldRestore;
    this.#isRestored = shouldRestore;
    const keys = sourcesOf(this.key, definition.rules);
    this.rules = definition.rules.map(
      (rule, i) => new EvaluatedRule(rule, keys[i] as string, context, !shouldRestore),
    );
  }

  /** Names the group among those of all files. */
  get key(): string {
    return `${this.file};${this.name}`;
  }

  get evaluations(): number {
    return this.#evaluations;
  }

  /** Whether alerts that fired in an earlier run may not fire yet: they do in the evaluation after their state was looked up. */
  get isRestoring(): boolean {
    return this.#isRestored && this.#evaluations <= EVALUATIONS_BEFORE_RESTORE;
  }

  /** Moment of the last evaluation, an earlier self's included. */
  get lastEvaluation(): Millis | undefined {
    return this.#lastEvaluation;
  }

  /** Moment of the last evaluation whose samples were kept, an earlier self's included. */
  get lastKept(): Millis | undefined {
    return this.#lastKept;
  }

  /**
   * Evaluates every rule; one that fails does not keep the others from it. Never throws.
   * @param isKept false when what it writes is shown until the next evaluation only
   */
  evaluate(at: Millis, context: EvaluationContext, isKept = true): GroupOutcome {
    const begun = context.elapsed();
    const { queryOffset, limit } = this.definition;
    let samples = 0;
    const changes: HealthChange[] = [];
    for (const rule of this.rules) {
      const before = rule.lastError;
      samples += rule.evaluate({ at, queryOffset, limit }, context);
      if (rule.lastError !== before)
        changes.push({
          file: this.file,
          group: this.name,
          rule: rule.definition.name,
          error: rule.lastError,
        });
    }
    this.#evaluations++;
    this.#evaluationTime = context.elapsed() - begun;
    this.#lastEvaluation = at;
    if (isKept) this.#lastKept = at;
    const failures = this.rules.filter(rule => rule.lastError !== '').length;
    return { samples, rules: this.rules.length, failures, changes };
  }

  /**
   * Looks up how long alerts had been pending before a restart. To be called after the second evaluation, when recording
   * rules that alerts depend on have values again.
   * @returns what kept rules from it; their alerts wait for all of their `for`
   */
  restore(at: Millis, history: SampleSource, limits: RestoreLimits): Error[] {
    this.shouldRestore = false;
    return this.#eachAlerting(rule => restore(rule, at, history, limits));
  }

  /** Gives rules back alerts that are kept firing. To be called before the first evaluation. @returns what kept rules from it */
  restoreFromState(at: Millis, context: Omit<StateRestoreContext, 'interval'>): Error[] {
    const moment = { at, queryOffset: this.definition.queryOffset, limit: 0 };
    const { interval } = this;
    return this.#eachAlerting(rule => restoreFromState(rule, moment, { ...context, interval }));
  }

  #eachAlerting(body: (rule: AlertingRule) => void): Error[] {
    return this.rules.flatMap(({ alerting }) => {
      try {
        if (alerting) body(alerting);
        return [];
      } catch (error) {
        return [error as Error];
      }
    });
  }

  /**
   * Takes over the state of the group's earlier self: rules of the same name and labels are the same, of several such the
   * first is the first.
   */
  copyState(from: RuleGroup): void {
    this.#evaluationTime = from.#evaluationTime;
    this.#lastEvaluation = from.#lastEvaluation;
    this.#lastKept = from.#lastKept;
    this.shouldRestore = from.shouldRestore;
    this.#isRestored = from.#isRestored;
    this.#evaluations = from.#evaluations;
    const earlier = new Map(from.rules.map(rule => [rule.source, rule]));
    for (const rule of this.rules) {
      const before = earlier.get(rule.source);
      if (before) rule.copyState(before);
      if (rule.alerting) rule.alerting.restored = !this.shouldRestore;
    }
  }

  /** The wall clock was set by a span since the last evaluation. */
  clockSet(by: Millis): void {
    for (const { alerting } of this.rules) alerting?.clockSet(by);
  }

  /** Alerts to be notified about at a moment, of rules that could be evaluated; they count as sent. */
  collectUnsent(at: Millis, resendDelay: Millis): Alert[] {
    const unsent: Alert[] = [];
    for (const { alerting, isEvaluated } of this.rules)
      if (alerting?.hasAlerts && isEvaluated)
        unsent.push(...alerting.collectUnsent(at, resendDelay, this.interval));
    return unsent;
  }

  /** @param isShown leaves rules out */
  view(isShown: (rule: EvaluatedRule) => boolean = () => true): RuleGroupView {
    return {
      name: this.name,
      file: this.file,
      interval: this.interval,
      limit: this.definition.limit,
      rules: this.rules.filter(isShown).map(rule => rule.view()),
      evaluationTime: this.#evaluationTime,
      lastEvaluation: this.#lastEvaluation,
    };
  }
}

/** Equal for groups that are written alike. */
export function fingerprint(definition: GroupDefinition): string {
  return JSON.stringify({
    ...definition,
    rules: definition.rules.map(rule => ({ ...rule, expr: undefined })),
  });
}

/** Names each rule's samples so that a reload does not end the series of a rule that is still there. */
function sourcesOf(group: string, rules: readonly RuleDefinition[]): string[] {
  const counts = new Map<string, number>();
  return rules.map(({ name, labels }) => {
    const key = `${group};${name}${JSON.stringify(Object.entries(labels))}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return `rule ${key}${count > 0 ? `#${count}` : ''}`;
  });
}
