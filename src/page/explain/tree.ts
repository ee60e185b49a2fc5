// A PromQL expression as /api/v1/parse_query answers it.

interface Selector {
  /** Empty where matchers alone say which metric. */
  readonly name: string;
  readonly matchers: readonly { readonly name: string; readonly value: string; readonly type: string }[];
  /** Milliseconds. */
  readonly offset: number;
  /** Milliseconds since the epoch of `@`. */
  readonly timestamp: number | null;
  /** `start` or `end` of `@`. */
  readonly startOrEnd: string | null;
}

export type VectorSelector = Selector & { readonly type: 'vectorSelector' };
/** `range` in milliseconds. */
export type MatrixSelector = Selector & { readonly type: 'matrixSelector'; readonly range: number };

export interface Call {
  readonly type: 'call';
  readonly func: { readonly name: string };
  readonly args: readonly Tree[];
}

export interface Aggregation {
  readonly type: 'aggregation';
  readonly op: string;
  readonly expr: Tree;
  readonly param: Tree | null;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export interface Binary {
  readonly type: 'binaryExpr';
  readonly op: string;
  readonly lhs: Tree;
  readonly rhs: Tree;
  readonly matching: {
    readonly on: boolean;
    readonly labels: readonly string[];
    readonly include: readonly string[];
  } | null;
  readonly bool: boolean;
}

/** An expression over a range; milliseconds. */
interface Subquery {
  readonly type: 'subquery';
  readonly expr: Tree;
  readonly range: number;
  readonly offset: number;
}

export type Tree =
  | VectorSelector
  | MatrixSelector
  | Call
  | Aggregation
  | Binary
  | Subquery
  | { readonly type: 'numberLiteral' | 'stringLiteral'; readonly val: string }
  | { readonly type: 'parenExpr'; readonly expr: Tree }
  | { readonly type: 'unaryExpr'; readonly op: string; readonly expr: Tree };

/** An expression without the parentheses around it. */
export function bare(tree: Tree): Tree {
  return tree.type === 'parenExpr' ? bare(tree.expr) : tree;
}

/** Names of the metrics in an expression, each once, in their order. */
export function metricsOf(tree: Tree): readonly string[] {
  switch (tree.type) {
    case 'vectorSelector':
    case 'matrixSelector':
      return tree.name === '' ? [] : [tree.name];
    case 'call':
      return unique(tree.args.flatMap(metricsOf));
    case 'binaryExpr':
      return unique([...metricsOf(tree.lhs), ...metricsOf(tree.rhs)]);
    case 'numberLiteral':
    case 'stringLiteral':
      return [];
    default:
      return metricsOf(tree.expr);
  }
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
