// The types of an expression: what Prometheus' checkAST (promql/parser/parse.go) refuses, in its words.

import { METRIC_NAME } from '../../model/labels.js';
import { aggregations } from '../aggregations/index.js';
import type { AggregateExpr, BinaryExpr, Call, Expr, Position, ValueType, VectorSelector } from '../ast.js';
import { ParseError } from '../error.js';
import type { PromqlFunction } from '../function.js';
import { quote } from '../print/quote.js';
import { functionNamed } from './known.js';

/** Throws at the first thing that does not fit. @throws ParseError */
export function check(expr: Expr, text: string): void {
  new Checker(text).check(expr);
}

const DOCUMENTED: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

const COMPARISONS: readonly string[] = ['==', '!=', '>', '<', '>=', '<='];
const SETS: readonly string[] = ['and', 'or', 'unless'];
const paramOf = new Map(aggregations.map(each => [each.name, each.param]));

class Checker {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Checks an expression and all within, and answers its type. */
  check(expr: Expr): ValueType {
    switch (expr.type) {
      case 'numberLiteral':
        return 'scalar';
      case 'stringLiteral':
        return 'string';
      case 'vectorSelector':
        return this.#selector(expr);
      case 'matrixSelector':
        this.#selector(expr.selector);
        return 'matrix';
      case 'subquery':
        return this.#subquery(expr.expr, expr.position);
      case 'call':
        return this.#call(expr);
      case 'aggregate':
        return this.#aggregate(expr);
      case 'binary':
        return this.#binary(expr);
      case 'unary':
        return this.#unary(expr.expr, expr.position);
      case 'paren':
        return this.check(expr.expr);
    }
  }

  #fail(position: Position, reason: string): never {
    throw new ParseError(this.#text, position, reason);
  }

  #expect(expr: Expr, want: ValueType, context: string): void {
    const got = this.check(expr);
    if (got === want) return;
    this.#fail(expr.position, `expected type ${DOCUMENTED[want]} in ${context}, got ${DOCUMENTED[got]}`);
  }

  #selector({ name, matchers, position }: VectorSelector): ValueType {
    if (name !== '') {
      const second = matchers.slice(0, -1).find(matcher => matcher.name === METRIC_NAME);
      if (second) {
        const names = `${quote(name)} or ${quote(second.value)}`;
        this.#fail(position, `metric name must not be set twice: ${names}`);
      }
    } else if (matchers.every(matcher => matcher.matches(''))) {
      this.#fail(position, 'vector selector must contain at least one non-empty matcher');
    }
    return 'vector';
  }

  #subquery(expr: Expr, position: Position): ValueType {
    const type = this.check(expr);
    if (type !== 'vector') {
      this.#fail(position, `subquery is only allowed on instant vector, got ${type} instead`);
    }
    return 'matrix';
  }

  #unary(expr: Expr, position: Position): ValueType {
    const type = this.check(expr);
    if (type !== 'scalar' && type !== 'vector') {
      const got = quote(DOCUMENTED[type]);
      const types = 'expressions of type scalar or instant vector';
      this.#fail(position, `unary expression only allowed on ${types}, got ${got}`);
    }
    return type;
  }

  #aggregate({ op, expr, param }: AggregateExpr): ValueType {
    this.#expect(expr, 'vector', 'aggregation expression');
    const wanted = paramOf.get(op);
    if (wanted && param) this.#expect(param, wanted, 'aggregation parameter');
    return 'vector';
  }

  #call(call: Call): ValueType {
    const fn = functionNamed(call.name);
    this.#count(call, fn);
    const context = `call to function ${quote(call.name)}`;
    for (const [i, arg] of call.args.entries()) {
      this.#expect(arg, fn.argumentTypes[Math.min(i, fn.argumentTypes.length - 1)] as ValueType, context);
    }
    return fn.returns;
  }

  #count({ args, position }: Call, { name, argumentTypes, variadic = 0 }: PromqlFunction): void {
    const fail = (bound: string, count: number): never =>
      this.#fail(
        position,
        `expected ${bound}${count} argument(s) in call to ${quote(name)}, got ${args.length}`,
      );
    if (variadic === 0) {
      if (args.length !== argumentTypes.length) fail('', argumentTypes.length);
      return;
    }
    // Prometheus counts with one optional argument in the types, whatever their number; this counts them all.
    const least = argumentTypes.length - Math.max(variadic, 1);
    if (args.length < least) fail('at least ', least);
    if (variadic > 0 && args.length > argumentTypes.length) fail('at most ', argumentTypes.length);
  }

  #binary(expr: BinaryExpr): ValueType {
    const [left, right] = [this.check(expr.lhs), this.check(expr.rhs)];
    const scalars = left === 'scalar' && right === 'scalar';
    this.#operator(expr, scalars);
    this.#operand(expr.lhs, left);
    this.#operand(expr.rhs, right);
    if (left === 'vector' && right === 'vector') this.#matching(expr);
    else this.#noMatching(expr);
    return scalars ? 'scalar' : 'vector';
  }

  #operator(expr: BinaryExpr, scalars: boolean): void {
    const compares = COMPARISONS.includes(expr.op);
    if (expr.returnBool && !compares) {
      this.#fail(this.#operatorPosition(expr), 'bool modifier can only be used on comparison operators');
    }
    if (compares && !expr.returnBool && scalars) {
      this.#fail(this.#operatorPosition(expr), 'comparisons between scalars must use BOOL modifier');
    }
    const { on, labels, include } = expr.matching ?? { on: false, labels: [], include: [] };
    const twice = on ? labels.find(label => include.includes(label)) : undefined;
    if (twice !== undefined) {
      const reason = `label ${quote(twice)} must not occur in ON and GROUP clause at once`;
      this.#fail(this.#operatorPosition(expr), reason);
    }
  }

  /** The operator stands between its sides, behind spaces. */
  #operatorPosition({ lhs, rhs }: BinaryExpr): Position {
    const between = this.#text.slice(lhs.position.to, rhs.position.from);
    const from = lhs.position.to + (between.length - between.trimStart().length);
    return { from, to: rhs.position.from };
  }

  #operand(expr: Expr, type: ValueType): void {
    if (type === 'scalar' || type === 'vector') return;
    this.#fail(expr.position, 'binary expression must contain only scalar and instant vector types');
  }

  #matching({ op, matching, position }: BinaryExpr): void {
    const grouped = matching?.card === 'many-to-one' || matching?.card === 'one-to-many';
    if (SETS.includes(op) && grouped) {
      this.#fail(position, `no grouping allowed for ${quote(op)} operation`);
    }
  }

  #noMatching({ op, matching, position }: BinaryExpr): void {
    if (matching && matching.labels.length > 0) {
      this.#fail(position, 'vector matching only allowed between instant vectors');
    }
    if (SETS.includes(op)) {
      this.#fail(position, `set operator ${quote(op)} not allowed in binary scalar expression`);
    }
  }
}
