// What Grafana's Prometheus data source makes of an expression before it asks: variables and intervals filled in.
// Source: Grafana 12, packages/grafana-prometheus/src/escaping.ts, public/app/features/templating,
// pkg/promlib/models/query.go and pkg/promlib/intervalv2.

import type { VariableModel } from '@grafana/schema';
import type { Millis } from '../../src/model/time.js';

/** A variable's value: one, or several where it may have several. */
export type Value = string | readonly string[];
/** Variables that are set, by name. */
export type Values = ReadonlyMap<string, { readonly variable: VariableModel; readonly value: Value }>;

/** What a dashboard is looked at with. */
export interface View {
  readonly from: Millis;
  readonly to: Millis;
  /** The data source's scrape interval (`timeInterval`). */
  readonly scrape: Millis;
  /** Points a panel has room for, or says it wants. */
  readonly points: number;
}

const ALL = '$__all';
const VARIABLE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;
/** A panel may have at most so many points of a series. */
const MOST_POINTS = 11_000;

/** Puts the dashboard's own variables in. A name that is none stays as it is. */
export function fillIn(text: string, values: Values): string {
  return text.replace(VARIABLE, (whole, a, b, formatB, c, _path, formatC) => {
    const known = values.get(a ?? b ?? c);
    if (!known) return whole;
    const { variable, value } = known;
    const format: string | undefined = formatB ?? formatC;
    if (variable.allValue && isAll(value)) return variable.allValue;
    return format === undefined ? inExpression(value, variable) : formatted(value, format, variable);
  });
}

function isAll(value: Value): boolean {
  return value === ALL || (Array.isArray(value) && value[0] === ALL);
}

/** interpolateQueryExpr */
function inExpression(value: Value, { multi, includeAll }: VariableModel): string {
  if (!multi && !includeAll) return quoteEscaped(value as string);
  if (typeof value === 'string') return regexEscaped(value);
  const escaped = value.map(regexEscaped);
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`;
}

function quoteEscaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
}

/** Twice: once for the regular expression, once for the quotes around it. */
function regexEscaped(value: string): string {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&');
}

function formatted(value: Value, format: string, { name }: VariableModel): string {
  const all = typeof value === 'string' ? [value] : value;
  switch (format) {
    case 'raw':
    case 'csv':
      return all.join(',');
    case 'pipe':
      return all.join('|');
    case 'regex': {
      const escaped = all.map(each => each.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
      return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`;
    }
    case 'queryparam':
      return all.map(each => `var-${name}=${encodeURIComponent(each)}`).join('&');
    default:
      throw new Error(`the format ${format} of ${name} is not one this test knows`);
  }
}

/** Time between two points: what fits, rounded, but no less than the data source's interval or the query's own. */
export function stepOf({ from, to, scrape, points }: View, minimum: Millis = scrape): Millis {
  const span = to - from;
  return Math.max(rounded(span / points), minimum, rounded(span / MOST_POINTS));
}

/** `$__rate_interval`. */
export function rateIntervalOf(view: View, minimum: Millis = view.scrape): Millis {
  return Math.max(stepOf(view, minimum) + minimum, 4 * minimum);
}

/** Puts Grafana's own intervals in. */
export function fillInIntervals(text: string, view: View, minimum: Millis = view.scrape): string {
  const span = view.to - view.from;
  const step = stepOf(view, minimum);
  const rate = rateIntervalOf(view, minimum);
  const own: Readonly<Record<string, string>> = {
    __interval_ms: String(step),
    __interval: `${step}ms`,
    __range_ms: String(span),
    __range_s: String(Math.round(span / 1000)),
    __range: `${Math.round(span / 1000)}s`,
    __rate_interval_ms: String(rate),
    __rate_interval: goDuration(rate),
  };
  return text.replace(/\$(__\w+)|\$\{(__\w+)\}/g, (whole, a, b) => own[a ?? b] ?? whole);
}

/** As Go prints a duration: `1m0s`. */
function goDuration(millis: Millis): string {
  const seconds = (millis % 60_000) / 1000;
  const minutes = Math.floor(millis / 60_000) % 60;
  const hours = Math.floor(millis / 3_600_000);
  return `${hours > 0 ? `${hours}h` : ''}${hours + minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}

/** Upper bounds of spans and what they are rounded to. */
const ROUNDS: readonly (readonly [below: Millis, to: Millis])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1500, 1000],
  [3500, 2000],
  [7500, 5000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
];

function rounded(span: Millis): Millis {
  return ROUNDS.find(([below]) => span < below)?.[1] ?? 7_200_000;
}
