// The parts of an expression that are printed the same on one line and over several.

import { printModelDuration } from '../../model/duration.js';
import { METRIC_NAME } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import type {
  AggregateExpr,
  AtModifier,
  BinaryExpr,
  NumberLiteral,
  Spans,
  SubqueryExpr,
  VectorSelector,
} from '../ast.js';
import { formatDecimal } from '../number.js';
import { printSpan } from './duration.js';
import { quote } from './quote.js';

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Labels with commas; one that is no plain name is quoted. */
function printLabels(labels: readonly string[]): string {
  return labels.map(label => (METRIC.test(label) ? label : quote(label))).join(', ');
}

/** `sum`, `sum by (a, b) `, `sum without () `: what stands before the parenthesis. */
export function printAggregation({ op, grouping, without }: AggregateExpr): string {
  if (without) return `${op} without (${printLabels(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${printLabels(grouping)}) ` : op;
}

/** `== bool on (a) group_left (b)`. */
export function printOperator({ op, returnBool, matching }: BinaryExpr): string {
  const bool = returnBool ? ' bool' : '';
  if (!matching) return op + bool;
  const grouped = matching.card === 'many-to-one' || matching.card === 'one-to-many';
  if (matching.labels.length === 0 && !matching.on && !grouped) return op + bool;
  const kind = matching.on ? 'on' : 'ignoring';
  const side = matching.card === 'many-to-one' ? 'left' : 'right';
  const group = grouped ? ` group_${side} (${printLabels(matching.include)})` : '';
  return `${op}${bool} ${kind} (${printLabels(matching.labels)})${group}`;
}

/** `name{a="b",c=~"d"}`, matchers sorted, without offset and `@`. */
export function printSelector({ name, matchers }: VectorSelector): string {
  const shown = matchers.filter(matcher => !(name !== '' && isNameOf(matcher, name)));
  if (shown.length === 0) return name === '' ? '{}' : name;
  return `${name}{${shown.map(printMatcher).sort().join(',')}}`;
}

function isNameOf(matcher: LabelMatcher, name: string): boolean {
  return matcher.name === METRIC_NAME && matcher.op === '=' && matcher.value === name;
}

function printMatcher({ name, op, value }: LabelMatcher): string {
  return `${LABEL.test(name) ? name : quote(name)}${op}${quote(value)}`;
}

/** ` @ 12.000 offset 5m`, with a space before each. */
export function printTime(at: AtModifier | undefined, offset: Millis, spans?: Spans): string {
  return printAt(at) + (spans?.offset ? ` offset ${printSpan(offset, spans.offset)}` : printOffset(offset));
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  return typeof at === 'string' ? ` @ ${at}()` : ` @ ${printTimestamp(at.time)}`;
}

/** Seconds with three decimals; BigInt because toFixed takes to exponents for large numbers. */
function printTimestamp(time: Millis): string {
  if (Math.abs(time) < 1e20) return (time / 1000).toFixed(3);
  return `${BigInt(Math.round(time / 1000))}.000`;
}

function printOffset(offset: Millis): string {
  if (offset === 0) return '';
  return offset > 0 ? ` offset ${printModelDuration(offset)}` : ` offset -${printModelDuration(-offset)}`;
}

/** `[1h:5m] offset 1d`: what follows the expression of a subquery. */
export function printSubquery({ range, step, at, offset, spans }: SubqueryExpr): string {
  const own = step === undefined ? '' : printSpan(step, spans?.step);
  return `[${printSpan(range, spans?.range)}:${own}]${printTime(at, offset, spans)}`;
}

/** A number, or a duration written as one. */
export function printLiteral({ value, duration }: NumberLiteral): string {
  if (!duration) return formatDecimal(value);
  const text = printModelDuration(Math.round(Math.abs(value) * 1000));
  return value < 0 ? `-${text}` : text;
}
