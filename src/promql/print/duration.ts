// Durations as Prometheus prints them (model.Duration.String).

import { printModelDuration } from '../../model/duration.js';
import type { Millis } from '../../model/time.js';
import type { DurationExpr, SpanExpr } from '../ast.js';
import { formatDecimal } from '../number.js';

/** What was written, where that is more than a literal. */
export function printSpan(span: Millis, written: SpanExpr | undefined): string {
  return written ? printDurationExpr(written.expr) : printModelDuration(span);
}

function printDurationExpr(expr: DurationExpr): string {
  switch (expr.type) {
    case 'literal':
      return expr.duration
        ? printModelDuration(Math.round(expr.seconds * 1000))
        : formatDecimal(expr.seconds);
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
