// Matchers of labels, as routes, silences and inhibition rules have them. A label that is not there counts as empty.
// Source: Alertmanager, pkg/labels.

import type { Labels } from '../model/labels.js';
import { quote } from '../promql/print/quote.js';
import { compileRegexp, type Regexp } from '../promql/regexp.js';

export type MatchType = '=' | '!=' | '=~' | '!~';

/** One condition on one label. */
export class Matcher {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
  readonly #regexp: Regexp | undefined;

  /** @throws RegexpError */
  constructor(name: string, type: MatchType, value: string) {
    this.name = name;
    this.type = type;
    this.value = value;
    if (this.isRegex) this.#regexp = compileRegexp(value);
  }

  get isRegex(): boolean {
    return this.type === '=~' || this.type === '!~';
  }

  /** Not one of the types that say "not". */
  get isEqual(): boolean {
    return this.type === '=' || this.type === '=~';
  }

  matches(labels: Labels): boolean {
    return this.matchesValue(labels.get(this.name));
  }

  matchesValue(value: string): boolean {
    const isAlike = this.#regexp ? this.#regexp.matches(value) : value === this.value;
    return isAlike === this.isEqual;
  }

  /** `severity="critical"` */
  toString(): string {
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(this.name) ? this.name : quote(this.name);
    return `${name}${this.type}${quote(this.value)}`;
  }
}

/** Whether labels satisfy all of them. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(matcher => matcher.matches(labels));
}
