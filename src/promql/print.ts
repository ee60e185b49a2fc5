// Expressions as text. Comes in: a tree; goes out: Prometheus' String() on one line, or its Prettify() over several
// (promql/parser/printer.go and prettier.go).

import type { BinaryExpr, Call, Expr } from './ast.js';
import { printSpan } from './print/duration.js';
import {
  printAggregation,
  printLiteral,
  printOperator,
  printSelector,
  printSubquery,
  printTime,
} from './print/parts.js';
import { quote } from './print/quote.js';

/** An expression on one line, as Prometheus' String() has it. */
export function print(expr: Expr): string {
  return new Printer().line(expr);
}

/** An expression over lines of at most 100 characters where it can be broken, as Prometheus' Prettify() has it. */
export function pretty(expr: Expr): string {
  return new Printer().lines(expr, 0);
}

const MAX_LINE = 100;

class Printer {
  // Whether an expression fits is asked at every level again.
  readonly #lines = new Map<Expr, string>();

  line(expr: Expr): string {
    const known = this.#lines.get(expr);
    if (known !== undefined) return known;
    const text = this.#print(expr);
    this.#lines.set(expr, text);
    return text;
  }

  #print(expr: Expr): string {
    switch (expr.type) {
      case 'numberLiteral':
        return printLiteral(expr);
      case 'stringLiteral':
        return quote(expr.value);
      case 'vectorSelector':
        return printSelector(expr) + printTime(expr.at, expr.offset, expr.spans);
      case 'matrixSelector': {
        const { selector, range, spans } = expr;
        const time = printTime(selector.at, selector.offset, selector.spans);
        return `${printSelector(selector)}[${printSpan(range, spans?.range)}]${time}`;
      }
      case 'subquery':
        return this.line(expr.expr) + printSubquery(expr);
      case 'call':
        return `${expr.name}(${expr.args.map(arg => this.line(arg)).join(', ')})`;
      case 'aggregate': {
        const param = expr.param ? `${this.line(expr.param)}, ` : '';
        return `${printAggregation(expr)}(${param}${this.line(expr.expr)})`;
      }
      case 'binary':
        return `${this.line(expr.lhs)} ${printOperator(expr)} ${this.line(expr.rhs)}`;
      case 'unary':
        return expr.op + this.line(expr.expr);
      case 'paren':
        return `(${this.line(expr.expr)})`;
    }
  }

  lines(expr: Expr, level: number): string {
    const indent = '  '.repeat(level);
    if (this.line(expr).length <= MAX_LINE) return indent + this.line(expr);
    switch (expr.type) {
      case 'call':
        return this.#call(expr, level);
      case 'aggregate': {
        const param = expr.param ? `${this.lines(expr.param, level + 1)},\n` : '';
        const body = param + this.lines(expr.expr, level + 1);
        return `${indent}${printAggregation(expr)}(\n${body}\n${indent})`;
      }
      case 'binary':
        return this.#binary(expr, level);
      case 'paren':
        return `${indent}(\n${this.lines(expr.expr, level + 1)}\n${indent})`;
      case 'unary':
        return indent + expr.op + this.lines(expr.expr, level).trim();
      case 'subquery':
        return this.lines(expr.expr, level) + printSubquery(expr);
      default:
        return indent + this.line(expr);
    }
  }

  #call({ name, args }: Call, level: number): string {
    const indent = '  '.repeat(level);
    const body = args.map(arg => this.lines(arg, level + 1)).join(',\n');
    return `${indent}${name}(\n${body}\n${indent})`;
  }

  #binary(expr: BinaryExpr, level: number): string {
    const [lhs, rhs] = [this.lines(expr.lhs, level + 1), this.lines(expr.rhs, level + 1)];
    return `${lhs}\n${'  '.repeat(level)}${printOperator(expr)}\n${rhs}`;
  }
}
