// A PromQL expression as a tree, in the names of Prometheus' own parser (promql/parser/ast.go). Made by parse.ts.

import type { LabelMatcher } from '../model/samples.js';
import type { Millis } from '../model/time.js';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where a piece of an expression stands in its text: offsets in UTF-16 units, the end not included. */
export interface Position {
  readonly from: number;
  readonly to: number;
}

interface Node {
  readonly position: Position;
}

export interface NumberLiteral extends Node {
  readonly type: 'numberLiteral';
  readonly value: number;
  /** Written as a duration (`5m`), and to be printed so. */
  readonly duration: boolean;
}

interface StringLiteral extends Node {
  readonly type: 'stringLiteral';
  readonly value: string;
}

/** `@ 1609746000`, `@ start()`, `@ end()`. */
export type AtModifier = { readonly time: Millis } | 'start' | 'end';

export interface VectorSelector extends Node {
  readonly type: 'vectorSelector';
  /** The metric name before the braces; empty when it stands within them or there is none. */
  readonly name: string;
  /** All matchers, the one of the metric name included, in the order written (the name's last, as in Prometheus). */
  readonly matchers: readonly LabelMatcher[];
  readonly offset: Millis;
  readonly at: AtModifier | undefined;
  /** Where the offset is more than a literal. */
  readonly spans?: Spans;
}

export interface MatrixSelector extends Node {
  readonly type: 'matrixSelector';
  /** Holds the offset and `@` of the whole. */
  readonly selector: VectorSelector;
  readonly range: Millis;
  /** Where the range is more than a literal. */
  readonly spans?: Spans;
}

export interface SubqueryExpr extends Node {
  readonly type: 'subquery';
  readonly expr: Expr;
  readonly range: Millis;
  /** Undefined: the default evaluation interval. */
  readonly step: Millis | undefined;
  readonly offset: Millis;
  readonly at: AtModifier | undefined;
  /** Where one of them is more than a literal. */
  readonly spans?: Spans;
}

export interface Call extends Node {
  readonly type: 'call';
  /** A name of the catalogue of functions. */
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface AggregateExpr extends Node {
  readonly type: 'aggregate';
  /** `sum`, `topk`, ...: a name of the catalogue of aggregations. */
  readonly op: string;
  readonly expr: Expr;
  /** The parameter of `topk`, `bottomk`, `quantile`, `count_values`. */
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type Comparison = '==' | '!=' | '>' | '<' | '>=' | '<=';
type SetOperator = 'and' | 'or' | 'unless';

type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

/** How the two sides of an operation between vectors find each other. */
export interface VectorMatching {
  readonly card: Cardinality;
  /** `on` when true, else `ignoring` (also when neither is written). */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels of `group_left(...)` or `group_right(...)`. */
  readonly include: readonly string[];
}

export interface BinaryExpr extends Node {
  readonly type: 'binary';
  readonly op: Arithmetic | Comparison | SetOperator;
  readonly lhs: Expr;
  readonly rhs: Expr;
  readonly returnBool: boolean;
  /** Present when both sides are vectors. */
  readonly matching: VectorMatching | undefined;
}

interface UnaryExpr extends Node {
  readonly type: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

interface ParenExpr extends Node {
  readonly type: 'paren';
  readonly expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | SubqueryExpr
  | Call
  | AggregateExpr
  | BinaryExpr
  | UnaryExpr
  | ParenExpr;

/** Seconds, and how they came about. */
export type DurationExpr =
  | { readonly type: 'literal'; readonly seconds: number; readonly duration: boolean }
  | { readonly type: 'step' | 'range' }
  | { readonly type: 'sign'; readonly op: '+' | '-'; readonly of: DurationExpr }
  | { readonly type: 'paren'; readonly of: DurationExpr }
  | {
      readonly type: 'binary';
      readonly op: DurationOperator;
      readonly lhs: DurationExpr;
      readonly rhs: DurationExpr;
    };

export type DurationOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of';

/** The expressions behind the numbers of a selector or subquery, where they are more than a literal. */
export interface Spans {
  readonly range?: SpanExpr;
  readonly step?: SpanExpr;
  readonly offset?: SpanExpr;
}

export interface SpanExpr {
  readonly expr: DurationExpr;
  readonly position: Position;
}
