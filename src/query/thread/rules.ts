// Rules in the query thread. Comes in: rule files, and the moment a scrape was taken; goes out: what the rules made of
// it, their samples kept beside the scrape's.

import type { Alert, PendingAlert } from '../../model/alert.js';
import type { Clock, Millis } from '../../model/time.js';
import { EvaluationError } from '../../promql/error.js';
import { parse } from '../../promql/parse.js';
import { type Ask, askLanguage, DUPLICATE_SAMPLE } from '../../rules/ask.js';
import { type EvaluationResult, RuleManager } from '../../rules/manager.js';
import { pendingAlerts } from '../../rules/pending.js';
import { receiveRuleFile, type SentRuleFile } from '../../rules/transfer.js';
import type { RuleGroupView } from '../../rules/view.js';
import type { SampleStore } from '../../tsdb/store.js';
import type { QueryLimits } from '../protocol.js';
import { MeteredSource } from './limited-source.js';
import { Work } from './task.js';

/** Longest evaluation of all rules together, without what is let in between; what is not done by then fails. */
const PATIENCE: Millis = 10_000;

/** Which rules there are and what they are told of the monitor. Survives the way between threads. */
export interface RuleSettings {
  readonly files: readonly SentRuleFile[];
  /** Without a slash at the end. */
  readonly externalUrl: string;
  /** Time between two scrapes, and between two evaluations of groups that name no interval. */
  readonly interval: Millis;
  /** The expression whose value is the cluster's status. */
  readonly status: string;
}

/** What the rules say after a scrape. */
export interface Judgement {
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

/** Evaluates the rules over one store. */
export class Rules {
  readonly #store: SampleStore;
  readonly #limits: QueryLimits;
  readonly #clock: Clock;
  readonly #ask: Ask;
  readonly #letIn: (work: Work) => void;
  #manager: RuleManager | undefined;
  #settings: RuleSettings | undefined;
  readonly #work = new Work();
  /** The last evaluation that was no interim one. */
  #tick: Millis = 0;

  /**
   * @param letIn called every millisecond or so of an evaluation, between two rules too: others may read the store meanwhile
   * and tell the work how long it took; nothing may be kept in the store
   */
  constructor(store: SampleStore, limits: QueryLimits, clock: Clock, letIn: (work: Work) => void = () => {}) {
    this.#store = store;
    this.#limits = limits;
    this.#clock = clock;
    this.#letIn = letIn;
    this.#ask = (expr, text, at) => this.#askWithin()(expr, text, at);
  }

  /** Replaces the rules, whose files were found good. */
  configure(settings: RuleSettings): void {
    const files = settings.files.map(receiveRuleFile);
    const isSame =
      this.#settings?.externalUrl === settings.externalUrl && this.#settings.interval === settings.interval;
    if (!this.#manager || !isSame) this.#manager = this.#make(settings);
    this.#settings = settings;
    this.#manager.update(files);
  }

  /** The wall clock was set by a span since the last evaluation. */
  clockSet(by: Millis): void {
    this.#manager?.clockSet(by);
  }

  /** Evaluates the rules whose time has come, at the time of the scrape that was begun or is shown as an interim. */
  evaluate(at: Millis, isInterim: boolean): Judgement | undefined {
    if (!this.#manager || !this.#settings) return undefined;
    const begun = this.#clock.elapsed();
    this.#work.begin(begun);
    const evaluation = this.#manager.evaluate(at, isInterim);
    if (!isInterim) this.#tick = at;
    const groups = this.#manager.groups();
    const alerts = groups
      .flatMap(group => group.rules)
      .flatMap(rule => (rule.kind === 'alerting' ? rule.alerts : []))
      .filter(alert => alert.state !== 'inactive');
    const pending = pendingAlerts(groups, this.#tick);
    const status = this.#status(this.#settings.status, at);
    return { at, status, alerts, pending, evaluation, duration: this.#work.worked(this.#clock.elapsed()) };
  }

  /** All groups as they were after the last evaluation. */
  groups(): RuleGroupView[] {
    return this.#manager?.groups() ?? [];
  }

  #make({ externalUrl, interval }: RuleSettings): RuleManager {
    return new RuleManager({
      externalUrl,
      externalLabels: {},
      interval,
      ask: this.#ask,
      write: (source, _, samples) => {
        if (this.#store.add(source, samples) > 0) throw new Error(DUPLICATE_SAMPLE);
      },
      history: this.#store,
      // What is let in between is no part of how long a rule takes.
      clock: { elapsed: () => this.#work.worked(this.#clock.elapsed()) },
    });
  }

  #status(expression: string, at: Millis): number | undefined {
    try {
      const values = this.#ask(parse(expression), expression, at).map(({ value }) => value);
      return values.length > 0 ? Math.min(...values) : undefined;
    } catch {
      // The rules that record it fail then, too, and say so.
      return undefined;
    }
  }

  #askWithin(): Ask {
    const checkpoint = () => {
      this.#letIn(this.#work);
      if (this.#work.worked(this.#clock.elapsed()) > PATIENCE)
        throw new EvaluationError('the rules took too long');
    };
    const tooMany = () => new EvaluationError('the rule would load too many samples into memory');
    const { maxSamples, lookback, defaultInterval } = this.#limits;
    const source = new MeteredSource(this.#store, maxSamples, checkpoint, tooMany);
    return askLanguage({ source, lookback, defaultInterval, maxSamples, checkpoint });
  }
}
