// All rule groups. Comes in: rule files, and moments to evaluate them at; goes out: samples to be written, alerts to be
// notified about, and views of it all. Pure and synchronous: the caller brings the query function, the place to write
// and the clock. Source: Prometheus, rules/manager.go.

import type { Alert } from '../model/alert.js';
import type { SampleSource } from '../model/samples.js';
import type { Clock, Millis } from '../model/time.js';
import type { Expr } from '../promql/ast.js';
import { parse } from '../promql/parse.js';
import type { RuleFile, Texts } from './definition.js';
import type { TemplateContext } from './expansion.js';
import { EVALUATIONS_BEFORE_RESTORE, fingerprint, type HealthChange, RuleGroup } from './group.js';
import type { InstantSample, QueryFunc, Write } from './query-func.js';
import { RESTORE_LIMITS, type RestoreLimits } from './restore.js';
import type { EvaluatedRule } from './rule.js';
import type { RuleGroupView } from './view.js';

export interface RuleManagerOptions {
  /** Where people reach the monitor, without a slash at the end; empty when none is configured. */
  readonly externalUrl: string;
  readonly externalLabels: Texts;
  readonly queryFunc: QueryFunc;
  readonly write: Write;
  /** Where ALERTS_FOR_STATE of an earlier run is; without it nothing is restored. */
  readonly history?: SampleSource;
  /** Of groups that name none: the time between two calls of `evaluate`, for views and alerts. */
  readonly interval: Millis;
  /** After how long a firing alert is handed on again; 1 min unless said. */
  readonly resendDelay?: Millis;
  readonly restoreLimits?: RestoreLimits;
  readonly clock?: Pick<Clock, 'elapsed'>;
}

/** What an evaluation of all groups that were due came to. */
export interface EvaluationResult {
  readonly at: Millis;
  readonly groups: number;
  readonly rules: number;
  readonly failures: number;
  readonly samples: number;
  /** To be logged: rules that fail in a new way, or work again. */
  readonly changes: readonly HealthChange[];
  /** To be notified about: new, over, or not sent for a while. */
  readonly unsent: readonly Alert[];
  /** What kept alerts from being restored after a restart. */
  readonly restoreErrors: readonly string[];
  /** Names of alerts whose groups were not due: their alerts are as they were before. */
  readonly notDue: readonly string[];
  /** Names of alerts whose state before a restart is not in force yet: those that fired then may still do. */
  readonly restoring: readonly string[];
}

const RESEND_DELAY: Millis = 60_000;
/** Queries of templates that are kept parsed: labels of alerts may be part of them. */
const MAX_QUERIES = 200;
/**
 * What an evaluation may take before groups with an interval of their own are left for the next one. A thousand services
 * need it after a start, when nothing of the history is in memory and every group is due.
 */
const BUDGET: Millis = 1000;

export class RuleManager {
  readonly #options: RuleManagerOptions;
  readonly #context: TemplateContext;
  #groups: RuleGroup[] = [];
  /** Sources of rules that are no more, whose series have to be ended. */
  readonly #gone = new Set<string>();
  #isFirstUpdate = true;
  /** What templates have asked, parsed. */
  readonly #queries = new Map<string, Expr>();

  constructor(options: RuleManagerOptions) {
    this.#options = options;
    const { externalLabels, externalUrl, queryFunc } = options;
    const query = (text: string, at: Millis): readonly InstantSample[] =>
      queryFunc(this.#parsed(text), text, at);
    this.#context = { externalLabels, externalUrl, query };
  }

  #parsed(text: string): Expr {
    const known = this.#queries.get(text);
    if (known) return known;
    const expr = parse(text);
    if (this.#queries.size >= MAX_QUERIES) this.#queries.clear();
    this.#queries.set(text, expr);
    return expr;
  }

  /** Replaces all rules. Groups of the same file and name keep the state of the rules they still have. */
  update(files: readonly RuleFile[]): void {
    const before = new Map(this.#groups.map(group => [group.key, group]));
    const shouldRestore = this.#isFirstUpdate && this.#options.history !== undefined;
    this.#groups = files.flatMap(({ file, groups }) =>
      groups.map(definition => {
        const group = new RuleGroup(definition, {
          file,
          defaultInterval: this.#options.interval,
          context: this.#context,
          shouldRestore,
        });
        const earlier = before.get(group.key);
        if (earlier && fingerprint(earlier.definition) === fingerprint(definition)) return earlier;
        if (earlier) group.copyState(earlier);
        return group;
      }),
    );
    this.#isFirstUpdate = false;
    this.#noteGone([...before.values()]);
  }

  /** The wall clock was set by a span since the last evaluation: what alerts wait for takes as long as without. */
  clockSet(by: Millis): void {
    for (const group of this.#groups) group.clockSet(by);
  }

  /**
   * Evaluates at a whole millisecond every group whose time has come: one without an interval each time, others once in
   * each interval. What an interim evaluation writes is not kept: groups of longer intervals have no part in it, and it does
   * not stand for the interval's own evaluation.
   *
   * An evaluation that takes long leaves groups of longer intervals to the next one, except the one that is most overdue: each
   * has its turn, and none delays the groups that say what is wrong now.
   */
  evaluate(at: Millis, isInterim = false): EvaluationResult {
    const { interval } = this.#options;
    const wanted = this.#groups.filter(group =>
      isInterim ? isDueBetween(group, at, interval) : isDue(group, at, group.lastKept),
    );
    const mostOverdue = mostOverdueOf(wanted.filter(group => isSeldom(group, interval)));
    const unsent: Alert[] = [];
    const restoreErrors: string[] = [];
    const { queryFunc, write, clock, resendDelay = RESEND_DELAY } = this.#options;
    const elapsed = () => clock?.elapsed() ?? 0;
    const context = { queryFunc, write, elapsed };
    const begun = elapsed();
    const due = new Set<RuleGroup>();
    const outcomes = wanted.flatMap(group => {
      const isLeft = group !== mostOverdue && isSeldom(group, interval) && elapsed() - begun > BUDGET;
      if (isLeft) return [];
      due.add(group);
      restoreErrors.push(...this.#restoreFromState(group, at));
      const outcome = group.evaluate(at, context, !isInterim);
      unsent.push(...group.collectUnsent(at, resendDelay));
      restoreErrors.push(...this.#restore(group, at));
      return [outcome];
    });
    this.#endGone(at, isInterim);
    const sum = (of: (outcome: (typeof outcomes)[number]) => number): number =>
      outcomes.reduce((total, outcome) => total + of(outcome), 0);
    return {
      at,
      groups: due.size,
      rules: sum(outcome => outcome.rules),
      failures: sum(outcome => outcome.failures),
      samples: sum(outcome => outcome.samples),
      changes: outcomes.flatMap(outcome => outcome.changes),
      unsent,
      restoreErrors,
      notDue: this.#alertNames(group => !due.has(group)),
      restoring: this.#alertNames(group => group.isRestoring),
    };
  }

  /** All groups, sorted by file and name as Prometheus lists them. */
  groups(): RuleGroupView[] {
    return sorted(this.#groups).map(group => group.view());
  }

  /** The same of the rules that have alerts, and of groups that have such rules: most have none. */
  groupsWithAlerts(): RuleGroupView[] {
    const hasAlerts = ({ alerting }: EvaluatedRule) => alerting?.hasAlerts === true;
    return sorted(this.#groups.filter(({ rules }) => rules.some(hasAlerts))).map(group =>
      group.view(hasAlerts),
    );
  }

  #alertNames(isWanted: (group: RuleGroup) => boolean): string[] {
    return this.#groups
      .filter(isWanted)
      .flatMap(({ definition }) =>
        definition.rules.flatMap(rule => (rule.kind === 'alerting' ? [rule.name] : [])),
      );
  }

  #restore(group: RuleGroup, at: Millis): string[] {
    const { history, restoreLimits = RESTORE_LIMITS } = this.#options;
    if (!group.shouldRestore || !history || group.evaluations < EVALUATIONS_BEFORE_RESTORE) return [];
    return group.restore(at, history, restoreLimits).map(error => problemOf(group, error));
  }

  #restoreFromState(group: RuleGroup, at: Millis): string[] {
    const { queryFunc, clock, history, restoreLimits: limits = RESTORE_LIMITS } = this.#options;
    if (!group.shouldRestore || !history || group.evaluations > 0) return [];
    const elapsed = () => clock?.elapsed() ?? 0;
    return group
      .restoreFromState(at, { queryFunc, history, limits, elapsed })
      .map(error => problemOf(group, error));
  }

  #noteGone(before: readonly RuleGroup[]): void {
    for (const group of before) for (const { source } of group.rules) this.#gone.add(source);
    for (const group of this.#groups) for (const { source } of group.rules) this.#gone.delete(source);
  }

  /** After the evaluation, so that a series that only moved to another rule does not end. */
  #endGone(at: Millis, isInterim: boolean): void {
    for (const source of this.#gone) {
      try {
        this.#options.write(source, at, []);
        // What an interim evaluation writes is not kept.
        if (!isInterim) this.#gone.delete(source);
      } catch {
        // The next evaluation tries it again; the rules themselves report that nothing can be written.
      }
    }
  }
}

/** By file and name. */
function sorted(groups: readonly RuleGroup[]): RuleGroup[] {
  const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
  return [...groups].sort((a, b) => order(a.file, b.file) || order(a.name, b.name));
}

function problemOf({ name, file }: RuleGroup, { message }: Error): string {
  return `group ${JSON.stringify(name)} in ${file}: ${message}`;
}

/** Whether a group is evaluated less often than the sources are scraped. */
function isSeldom({ definition }: RuleGroup, scrapeInterval: Millis): boolean {
  return (definition.interval ?? 0) > scrapeInterval;
}

/** The one whose last evaluation is the longest ago; the first of those that had none. */
function mostOverdueOf(groups: readonly RuleGroup[]): RuleGroup | undefined {
  const last = (group: RuleGroup) => group.lastKept ?? Number.NEGATIVE_INFINITY;
  return groups.reduce<RuleGroup | undefined>(
    (found, group) => (found && last(found) <= last(group) ? found : group),
    undefined,
  );
}

/** Whether a group is due in an interim evaluation: one that is evaluated as often as the sources are scraped, or more. */
function isDueBetween(group: RuleGroup, at: Millis, longest: Millis): boolean {
  const { interval = 0 } = group.definition;
  return interval <= longest && isDue(group, at, group.lastEvaluation);
}

/** Calls come with the scrapes, which are not on the tick: what counts is that an interval has had its evaluation. */
function isDue({ definition }: RuleGroup, at: Millis, last: Millis | undefined): boolean {
  const { interval } = definition;
  if (interval === undefined || last === undefined) return true;
  return Math.floor(at / interval) !== Math.floor(last / interval);
}
