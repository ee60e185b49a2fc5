// What each rule came to while history was evaluated.

import type { Millis } from '../../model/time.js';
import type { RuleGroup } from '../../rules/group.js';

/** One rule's part. */
export interface RuleTotal {
  readonly file: string;
  readonly group: string;
  readonly rule: string;
  /** Samples made, and left out because the series has one at that time. */
  readonly made: number;
  readonly skipped: number;
  /** Evaluations that failed, and the first of them. */
  readonly failures: number;
  readonly firstFailure: { readonly at: Millis; readonly error: string } | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Counts by a rule's source. */
export class RuleTally {
  readonly #bySource = new Map<string, Mutable<RuleTotal>>();

  constructor(groups: readonly RuleGroup[]) {
    for (const { file, name, rules } of groups)
      for (const { source, definition } of rules)
        this.#bySource.set(source, {
          ...{ file, group: name, rule: definition.name },
          ...{ made: 0, skipped: 0, failures: 0, firstFailure: undefined },
        });
  }

  count(source: string, made: number, skipped: number): void {
    const total = this.#bySource.get(source);
    if (!total) return;
    total.made += made;
    total.skipped += skipped;
  }

  /** Once all rules of a group were evaluated. */
  countErrors(group: RuleGroup, at: Millis): void {
    for (const { source, lastError } of group.rules) {
      const total = this.#bySource.get(source);
      if (lastError === '' || !total) continue;
      total.failures++;
      total.firstFailure ??= { at, error: lastError };
    }
  }

  totals(): RuleTotal[] {
    return [...this.#bySource.values()];
  }
}
