// Durations as Prometheus prints them (model.Duration.String).

import type { Millis } from '../../model/time.js';
import type { DurationExpr, SpanExpr } from '../duration-expression.js';
import { formatDecimal } from '../number.js';

/** Units, and whether one is used only when nothing is left over: `90d` reads better than `12w6d`. */
const UNITS: readonly (readonly [unit: string, size: Millis, exact: boolean])[] = [
  ['y', 31_536_000_000, true],
  ['w', 604_800_000, true],
  ['d', 86_400_000, false],
  ['h', 3_600_000, false],
  ['m', 60_000, false],
  ['s', 1000, false],
  ['ms', 1, false],
];

/** A span that is not negative: `5400000` is `1h30m`; nothing below a millisecond is printed. */
export function printDuration(span: Millis): string {
  let rest = Math.trunc(span);
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, size, exact] of UNITS) {
    const count = Math.floor(rest / size);
    if (count === 0 || (exact && rest % size !== 0)) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** What was written, where that is more than a literal. */
export function printSpan(span: Millis, written: SpanExpr | undefined): string {
  return written ? printDurationExpr(written.expr) : printDuration(span);
}

function printDurationExpr(expr: DurationExpr): string {
  switch (expr.type) {
    case 'literal':
      return expr.duration ? printDuration(Math.round(expr.seconds * 1000)) : formatDecimal(expr.seconds);
    case 'step':
    case 'range':
      return `${expr.type}()`;
    case 'paren':
      return `(${printDurationExpr(expr.of)})`;
    case 'sign':
      return expr.op + printDurationExpr(expr.of);
  }
  const [lhs, rhs] = [printDurationExpr(expr.lhs), printDurationExpr(expr.rhs)];
  return expr.op.endsWith('_of') ? `${expr.op}(${lhs}, ${rhs})` : `${lhs} ${expr.op} ${rhs}`;
}
