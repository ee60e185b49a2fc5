// Matchers of labels, as routes, silences and inhibition rules have them. A label that is not there counts as empty.
// Source: Alertmanager, pkg/labels.

import { compileRegexp, type Regexp } from '../../go/regexp.js';
import { escapeLabelValue, type Labels } from '../../model/labels.js';
import { quote } from '../../promql/print/quote.js';

export type MatchType = '=' | '!=' | '=~' | '!~';

const RESERVED = /[\p{White_Space}{}!=~,\\"'`]/u;
const TYPES: readonly MatchType[] = ['=', '!=', '=~', '!~'];

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
    if (!this.isRegex) return;
    this.#regexp = compileRegexp(value);
    // Unlike Prometheus' dots those of Alertmanager are no line feeds.
    if (value.includes('.')) this.#regexp = compileRegexp(`(?-s:${value})`);
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

  /** `severity="critical"`; a name with reserved characters is quoted, and then the value as Go quotes it. */
  toString(): string {
    if (RESERVED.test(this.name)) return `${quote(this.name)}${this.type}${quote(this.value)}`;
    return `${this.name}${this.type}"${escapeLabelValue(this.value)}"`;
  }
}

/** Whether labels satisfy all of them. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(matcher => matcher.matches(labels));
}

/** Order of matchers as Alertmanager sorts them: by name, value, type. */
export function compareMatchers(a: Matcher, b: Matcher): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.value, b.value) ||
    TYPES.indexOf(a.type) - TYPES.indexOf(b.type)
  );
}

/** Matchers as Alertmanager prints them: `{severity="critical",target!=""}`. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.join(',')}}`;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
