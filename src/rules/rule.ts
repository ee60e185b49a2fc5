// A rule of either kind within its group: it is evaluated, what it gives is written, and how that went is remembered.

import type { Millis } from '../model/time.js';
import { print } from '../promql/print.js';
import { AlertingRule } from './alerting.js';
import type { RuleDefinition } from './definition.js';
import type { TemplateContext } from './expansion.js';
import type { InstantSample, QueryFunc, Write } from './query-func.js';
import { RecordingRule } from './recording.js';
import type { RuleHealth, RuleView } from './view.js';

/** What an evaluation works with. */
export interface EvaluationContext {
  readonly queryFunc: QueryFunc;
  readonly write: Write;
  /** Monotonic, for how long something took. */
  readonly elapsed: () => Millis;
}

/** One evaluation of a group. */
interface EvaluationTime {
  readonly at: Millis;
  readonly queryOffset: Millis;
  readonly limit: number;
}

/** A rule and how it does. */
export class EvaluatedRule {
  readonly definition: RuleDefinition;
  /** Whose samples these are, for {@link Write}. Stays the same over a reload. */
  readonly source: string;
  /** Present for alerting rules. */
  readonly alerting: AlertingRule | undefined;
  readonly #recording: RecordingRule | undefined;
  readonly #expression: string;
  #health: RuleHealth = 'unknown';
  #isEvaluated = false;
  #lastError = '';
  #evaluationTime: Millis = 0;
  #lastEvaluation: Millis | undefined;

  constructor(definition: RuleDefinition, source: string, context: TemplateContext, restored: boolean) {
    this.definition = definition;
    this.source = source;
    this.#expression = print(definition.expr);
    this.#recording = definition.kind === 'recording' ? new RecordingRule(definition) : undefined;
    this.alerting =
      definition.kind === 'alerting'
        ? new AlertingRule(definition, this.#expression, context, restored)
        : undefined;
  }

  /** Empty while there is none. */
  get lastError(): string {
    return this.#lastError;
  }

  /** Whether the last evaluation succeeded, even if what came of it could not be written. */
  get isEvaluated(): boolean {
    return this.#isEvaluated;
  }

  /** Evaluates and writes; never throws. @returns how many samples were written */
  evaluate(moment: EvaluationTime, { queryFunc, write, elapsed }: EvaluationContext): number {
    const begun = elapsed();
    let written = 0;
    this.#isEvaluated = false;
    try {
      const samples = this.#samples(moment, queryFunc);
      this.#isEvaluated = true;
      // Before its state was looked up a rule has nothing to say, not even that an alert's series has ended.
      if (this.alerting?.restored !== false) write(this.source, moment.at - moment.queryOffset, samples);
      written = samples.length;
      this.#health = 'ok';
      this.#lastError = '';
    } catch (error) {
      this.#health = 'err';
      this.#lastError = (error as Error).message;
    }
    this.#evaluationTime = elapsed() - begun;
    this.#lastEvaluation = moment.at;
    return written;
  }

  #samples(moment: EvaluationTime, queryFunc: QueryFunc): readonly InstantSample[] {
    if (this.#recording)
      return this.#recording.evaluate(moment.at - moment.queryOffset, queryFunc, moment.limit);
    return (this.alerting as AlertingRule).evaluate(moment, queryFunc);
  }

  /** Takes over the alerts of the rule's earlier version. Its health is determined again. */
  copyState(from: EvaluatedRule): void {
    if (this.alerting && from.alerting) this.alerting.copyAlerts(from.alerting);
  }

  view(): RuleView {
    const { definition, alerting } = this;
    const { name, labels } = definition;
    const shared = {
      name,
      query: this.#expression,
      labels,
      health: this.#health,
      lastError: this.#lastError,
      evaluationTime: this.#evaluationTime,
      lastEvaluation: this.#lastEvaluation,
    };
    if (definition.kind === 'recording' || !alerting) return { kind: 'recording', ...shared };
    const { holdDuration, keepFiringFor, annotations } = definition;
    const state = this.#lastEvaluation === undefined ? 'unknown' : alerting.state;
    return {
      kind: 'alerting',
      ...shared,
      state,
      holdDuration,
      keepFiringFor,
      annotations,
      alerts: alerting.alerts,
    };
  }
}
