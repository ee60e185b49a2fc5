// An alert rule's expression as a sentence, for readers who do not know PromQL: "host_cpu_usage_ratio is above
// 0.7". What a function does is said as its documentation does; a function without a phrase keeps its own form. Pure.

import { span } from '../words.js';
import { AGGREGATIONS, ARITHMETIC, COMPARISONS, OF_VALUE, OVER_TIME, SETS } from './functions.js';
import {
  type Aggregation,
  type Binary,
  bare,
  type Call,
  type MatrixSelector,
  type Tree,
  type VectorSelector,
} from './tree.js';

/** What is true while an expression has an answer, as the rest of a sentence that begins with `when`. */
export function explain(tree: Tree): string {
  return condition(bare(tree));
}

function condition(tree: Tree): string {
  if (tree.type === 'binaryExpr' && tree.op in SETS) return sets(tree);
  if (tree.type === 'binaryExpr' && isAbout(tree)) return about(tree, condition(bare(tree.lhs)));
  if (tree.type === 'binaryExpr' && tree.op in COMPARISONS && !tree.bool)
    return `${phrase(tree.lhs)} ${comparison(tree)}${sameLabels(tree)}`;
  if (tree.type === 'call' && tree.func.name === 'absent')
    return `there is no ${value(tree.args[0] as Tree)}`;
  if (tree.type === 'call' && tree.func.name === 'absent_over_time') {
    const [of, during] = ranged(tree.args[0] as Tree);
    return `there was no ${of} for ${during}`;
  }
  if (tree.type === 'call' && tree.func.name === 'vector') return 'always';
  return `there is ${value(tree)}`;
}

function sets(tree: Binary): string {
  const side = (each: Tree) => {
    const inner = bare(each);
    const isMixed = inner.type === 'binaryExpr' && inner.op in SETS && inner.op !== tree.op;
    return isMixed ? `(${condition(inner)})` : condition(inner);
  };
  return `${side(tree.lhs)}, ${SETS[tree.op]} ${side(tree.rhs)}${sameLabels(tree)}`;
}

function comparison({ op, rhs }: Binary): string {
  return ['is', COMPARISONS[op], phrase(rhs)].filter(each => each !== '').join(' ');
}

/** Labels every series has: the monitor's, and what is watched. A sentence goes without them; PromQL stands beside it. */
const MONITOR = new Set(['job', 'instance']);
const OWN = new Set([...MONITOR, 'target']);

/** Of which series two sides are compared. */
function sameLabels({ matching }: Binary): string {
  const labels = matching?.on ? matching.labels.filter(label => !OWN.has(label)) : [];
  return labels.length === 0 ? '' : ` of the same ${list(labels)}`;
}

/** Whether one side only adds labels, as metrics called `..._info` do. */
function isAbout({ op, rhs, matching }: Binary): boolean {
  const side = bare(rhs);
  const isInfo = side.type === 'vectorSelector' && side.name.endsWith('_info');
  return (op === '*' || op === '+') && isInfo && (matching?.include.length ?? 0) > 0;
}

function about({ rhs, matching }: Binary, text: string): string {
  return `${text}, with ${list(matching?.include ?? [])} of ${value(rhs)}`;
}

/** A value that another word follows: parentheses where it would be read wrongly. */
function phrase(tree: Tree): string {
  const inner = bare(tree);
  const isCompared = inner.type === 'binaryExpr' && (inner.op in COMPARISONS || inner.op in SETS);
  return isCompared || tree !== inner ? `(${value(inner)})` : value(inner);
}

function value(tree: Tree): string {
  switch (tree.type) {
    case 'numberLiteral':
      return tree.val;
    case 'stringLiteral':
      return JSON.stringify(tree.val);
    case 'parenExpr':
      return value(tree.expr);
    case 'unaryExpr':
      return tree.op === '-' ? `minus ${phrase(tree.expr)}` : value(tree.expr);
    case 'vectorSelector':
      return selector(tree);
    case 'matrixSelector':
    case 'subquery': {
      const [of, during] = ranged(tree);
      return `${of} over ${during}`;
    }
    case 'call':
      return call(tree);
    case 'aggregation':
      return aggregation(tree);
    case 'binaryExpr':
      return binary(tree);
  }
}

function binary(tree: Binary): string {
  if (isAbout(tree)) return about(tree, phrase(tree.lhs));
  if (tree.op in ARITHMETIC)
    return `${operand(tree.lhs)} ${ARITHMETIC[tree.op]} ${operand(tree.rhs)}${sameLabels(tree)}`;
  if (tree.bool) return `whether ${phrase(tree.lhs)} ${comparison(tree)}`;
  if (tree.op in SETS) return `${phrase(tree.lhs)}, ${SETS[tree.op]} ${phrase(tree.rhs)}${sameLabels(tree)}`;
  return `${phrase(tree.lhs)} where it ${comparison(tree)}`;
}

function operand(tree: Tree): string {
  return bare(tree).type === 'binaryExpr' ? `(${value(tree)})` : value(tree);
}

function call({ func: { name }, args }: Call): string {
  const first = args[0];
  const over = OVER_TIME[name];
  if (over !== undefined && first !== undefined) return during(over, first);
  const plain = OF_VALUE[name];
  if (plain !== undefined) return fill(plain, first === undefined ? '' : phrase(first));
  if (name === 'quantile_over_time' && args.length === 2)
    return during(`${percentile(first as Tree)} of $ over %`, args[1] as Tree);
  if (name === 'histogram_quantile' && args.length === 2)
    return `${percentile(first as Tree)} of ${phrase(args[1] as Tree)}`;
  if (name === 'predict_linear' && args.length === 2) {
    const [of, range] = ranged(first as Tree);
    return `${of} in ${secondsOf(args[1] as Tree)}, if it goes on as in the last ${range},`;
  }
  if (name === 'clamp_min' && args.length === 2)
    return `${phrase(first as Tree)}, at least ${value(args[1] as Tree)},`;
  if (name === 'clamp_max' && args.length === 2)
    return `${phrase(first as Tree)}, at most ${value(args[1] as Tree)},`;
  return `${name}(${args.map(value).join(', ')})`;
}

function aggregation({ op, expr, param, grouping, without }: Aggregation): string {
  const labels = grouping.filter(label => without || !MONITOR.has(label));
  const by = labels.length === 0 ? '' : ` ${without ? 'regardless of' : 'by'} ${list(labels)}`;
  const of = `${phrase(expr)}${by}`;
  const plain = AGGREGATIONS[op];
  if (plain !== undefined) return fill(plain, of);
  if (op === 'topk' && param !== null) return `the ${value(param)} largest ${of}`;
  if (op === 'bottomk' && param !== null) return `the ${value(param)} smallest ${of}`;
  if (op === 'quantile' && param !== null) return `${percentile(param)} of ${of}`;
  return `${op}${param === null ? '' : ` ${value(param)}`} of ${of}`;
}

function during(text: string, tree: Tree): string {
  const [of, range] = ranged(tree);
  return fill(text, of).replace('%', () => range);
}

function fill(text: string, of: string): string {
  return text.replace('$', () => of);
}

/** What a range is of, and how long it is. */
function ranged(tree: Tree): [of: string, range: string] {
  const inner = bare(tree);
  if (inner.type === 'matrixSelector') return [selector(inner), span(inner.range)];
  if (inner.type === 'subquery') return [phrase(inner.expr) + before(inner.offset), span(inner.range)];
  return [value(inner), 'time'];
}

function selector(tree: VectorSelector | MatrixSelector): string {
  const { name, matchers, offset, timestamp, startOrEnd } = tree;
  const texts = matchers.filter(each => each.name !== '__name__' || name === '').map(matcher);
  const which = texts.length === 0 ? '' : ` (${texts.join(', ')})`;
  const at =
    timestamp === null
      ? startOrEnd === null
        ? ''
        : ` at the ${startOrEnd} of the range`
      : ` at ${new Date(timestamp).toISOString()}`;
  return `${name === '' ? 'any metric' : name}${which}${before(offset)}${at}`;
}

function before(offset: number): string {
  if (offset === 0) return '';
  return offset > 0 ? ` ${span(offset)} ago` : ` ${span(-offset)} later`;
}

function matcher({ name, type, value: text }: VectorSelector['matchers'][number]): string {
  const shown = /^[\w.:/-]+$/.test(text) ? text : JSON.stringify(text);
  if (text === '') return type === '=' || type === '=~' ? `without ${name}` : `with ${name}`;
  const how: Readonly<Record<string, string>> = { '=': '', '!=': 'not ', '=~': 'like ', '!~': 'not like ' };
  return `${name} ${how[type] ?? ''}${shown}`;
}

/** `the 95th percentile` of 0.95. */
function percentile(tree: Tree): string {
  const inner = bare(tree);
  if (inner.type !== 'numberLiteral') return `the quantile ${value(inner)}`;
  const share = Number(inner.val);
  if (share === 0.5) return 'the median';
  const percent = Number((share * 100).toPrecision(6));
  if (!Number.isInteger(percent)) return `the ${percent} % quantile`;
  const [last, tens] = [percent % 10, Math.floor(percent / 10) % 10];
  return `the ${percent}${tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th')} percentile`;
}

function secondsOf(tree: Tree): string {
  const seconds = Number(value(bare(tree)));
  return Number.isFinite(seconds) && seconds >= 0 ? span(seconds * 1000) : `${value(tree)} s`;
}

/** `job, instance and target`. */
function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
