// Rules in the query thread. Comes in: rule files, and the moment a scrape was taken; goes out: what the rules made of
// it, their samples kept beside the scrape's.

import type { Clock, Millis } from '../../model/time.js';
import type { Expr } from '../../promql/ast.js';
import { EvaluationError } from '../../promql/error.js';
import type { EvaluateOptions } from '../../promql/evaluate/scope.js';
import { parse } from '../../promql/parse.js';
import type { RuleFile } from '../../rules/definition.js';
import { RuleManager } from '../../rules/manager.js';
import { pendingAlerts } from '../../rules/pending.js';
import { answerOfEngine, DUPLICATE_SAMPLE, type QueryFunc } from '../../rules/query-func.js';
import { fromTransfer } from '../../rules/transfer.js';
import type { RuleGroupView } from '../../rules/view.js';
import type { SampleStore } from '../../tsdb/store.js';
import type { QueryLimits } from '../protocol.js';
import type { RuleEvaluation, RuleSettings } from '../rule-evaluation.js';
import { AnswerCache } from './answer-cache.js';
import { LimitedSource } from './limited-source.js';
import { CooperativeTask } from './task.js';

/** Longest query of a rule, without what is let in between: it fails alone. */
const QUERY_TIMEOUT: Millis = 10_000;
/** Longest evaluation of all rules together: what is not done by then fails, or no scrape would ever be appended. */
const EVALUATION_TIMEOUT: Millis = 60_000;
/** Between two moments in which others are let in, and the time is looked at. */
const CHECKPOINT_INTERVAL: Millis = 1;

/** Evaluates the rules over one store. */
export class Rules {
  readonly #store: SampleStore;
  readonly #limits: QueryLimits;
  readonly #clock: Clock;
  readonly #queryFunc: QueryFunc;
  readonly #yieldTo: (task: CooperativeTask) => void;
  #manager: RuleManager | undefined;
  #settings: RuleSettings | undefined;
  readonly #task = new CooperativeTask();
  readonly #answers: AnswerCache;
  #parsedStatus: { readonly text: string; readonly expr: Expr } | undefined;
  /** The last evaluation that was no interim one. */
  #tick: Millis = 0;
  #nextCheckpoint: Millis = 0;

  /**
   * @param yieldTo called every millisecond or so of an evaluation, between two rules too, and between two files that are read:
   * others may read the store meanwhile and report how long it took; nothing may be added to the store
   */
  constructor(
    store: SampleStore,
    limits: QueryLimits,
    clock: Clock,
    yieldTo: (task: CooperativeTask) => void = () => {},
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#clock = clock;
    this.#yieldTo = task => store.readingOthers(() => yieldTo(task));
    this.#answers = new AnswerCache({
      standing: matchers => store.standing(matchers),
      lookback: limits.lookback,
    });
    this.#queryFunc = (expr, text, at) => {
      this.#letOthersIn();
      // Most answers are known: it is made where something is evaluated.
      let checkpoint: (() => void) | undefined;
      return this.#answers.answer(expr, text, at, part => {
        checkpoint ??= this.#limitedCheckpoint();
        return answerOfEngine(this.#limitedOptions(checkpoint), part, text, at);
      });
    };
  }

  /** Replaces the rules, whose files were found good. */
  configure(settings: RuleSettings): void {
    const files = this.#read(settings);
    const isSame = this.#settings !== undefined && contextOf(this.#settings) === contextOf(settings);
    if (!this.#manager || !isSame) this.#manager = this.#make(settings);
    this.#settings = settings;
    this.#manager.update(files);
  }

  /** Parsing the shipped rules takes some ten milliseconds at the start: queries are answered meanwhile. */
  #read({ files }: RuleSettings): RuleFile[] {
    this.#task.start(this.#clock.elapsed());
    return files.map(file => {
      const read = fromTransfer(file);
      this.#yieldTo(this.#task);
      return read;
    });
  }

  /** The wall clock was set by a span since the last evaluation. */
  clockSet(by: Millis): void {
    this.#manager?.clockSet(by);
  }

  /** Evaluates the rules whose time has come, at the time of the scrape that was begun or is shown as an interim. */
  evaluate(at: Millis, isInterim: boolean): RuleEvaluation | undefined {
    return this.#store.readingMany(() => this.#evaluate(at, isInterim));
  }

  #evaluate(at: Millis, isInterim: boolean): RuleEvaluation | undefined {
    if (!this.#manager || !this.#settings) return undefined;
    const begun = this.#clock.elapsed();
    this.#task.start(begun);
    this.#answers.begin(at);
    const evaluation = this.#manager.evaluate(at, isInterim);
    if (!isInterim) this.#tick = at;
    const groups = this.#manager.groupsWithAlerts();
    const alerts = groups
      .flatMap(group => group.rules)
      .flatMap(rule => (rule.kind === 'alerting' ? rule.alerts : []))
      .filter(alert => alert.state !== 'inactive');
    const pending = pendingAlerts(groups, this.#tick);
    const status = this.#status(this.#settings.status, at);
    return { at, status, alerts, pending, evaluation, duration: this.#ownTime() };
  }

  /** All groups as they were after the last evaluation. */
  groups(): RuleGroupView[] {
    return this.#manager?.groups() ?? [];
  }

  #make({ externalUrl, externalLabels, interval }: RuleSettings): RuleManager {
    return new RuleManager({
      externalUrl,
      externalLabels,
      interval,
      queryFunc: this.#queryFunc,
      write: (source, _, samples) => {
        this.#answers.written(source, samples);
        if (this.#store.add(source, samples) > 0) throw new Error(DUPLICATE_SAMPLE);
      },
      history: this.#store,
      // What is let in between is no part of how long a rule takes.
      clock: { elapsed: () => this.#ownTime() },
    });
  }

  #status(expression: string, at: Millis): number | undefined {
    try {
      if (this.#parsedStatus?.text !== expression)
        this.#parsedStatus = { text: expression, expr: parse(expression) };
      const values = this.#queryFunc(this.#parsedStatus.expr, expression, at).map(({ value }) => value);
      return values.length > 0 ? Math.min(...values) : undefined;
    } catch {
      // The rules that record it fail then, too, and say so.
      return undefined;
    }
  }

  /** Since the evaluation began, without what was let in between. */
  #ownTime(): Millis {
    return this.#task.ownTime(this.#clock.elapsed());
  }

  /** Lets others in between once a while, and throws when a query that begins now, or all rules together, took too long. */
  #limitedCheckpoint(): () => void {
    const begun = this.#ownTime();
    return () => {
      if (this.#clock.elapsed() < this.#nextCheckpoint) return;
      const spent = this.#letOthersIn();
      if (spent - begun > QUERY_TIMEOUT) throw new EvaluationError('the query took too long');
    };
  }

  /** @returns how long the evaluation has taken by now. @throws EvaluationError when that is too long */
  #letOthersIn(): Millis {
    this.#yieldTo(this.#task);
    const now = this.#clock.elapsed();
    this.#nextCheckpoint = now + CHECKPOINT_INTERVAL;
    const spent = this.#task.ownTime(now);
    if (spent > EVALUATION_TIMEOUT) throw new EvaluationError('the rules together took too long');
    return spent;
  }

  #limitedOptions(checkpoint: () => void): EvaluateOptions {
    const tooMany = () => new EvaluationError('the rule would load too many samples into memory');
    const { maxSamples, lookback, defaultInterval } = this.#limits;
    const source = new LimitedSource(this.#store, maxSamples, checkpoint, tooMany);
    return { source, lookback, defaultInterval, maxSamples, checkpoint };
  }
}

/** What a manager of rules is made with; under another one their templates say something else. */
function contextOf({ externalUrl, externalLabels, interval }: RuleSettings): string {
  return JSON.stringify([externalUrl, externalLabels, interval]);
}
