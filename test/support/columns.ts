// Instant vectors as text, for tests of functions and aggregations: `x{a="1"} 1 _ NaN` is a series with a value at the
// first and the third of three steps, `~x{a="1"} 1` is one whose metric name is to be dropped.

import { Labels } from '../../src/model/labels.js';
import type { Expr, Position } from '../../src/promql/ast.js';
import {
  type CallContext,
  type Column,
  type EvalContext,
  newColumn,
  type Value,
  type VectorValue,
} from '../../src/promql/value.js';

const LINE = /^(~?)([\w:]*)(?:\{(.*)\})? ([^{}"]+)$/;
const WORDS: Record<string, number> = { Inf: Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY };

/** An instant vector of such lines. */
export function vector(...lines: string[]): VectorValue {
  return { type: 'vector', columns: lines.map(readColumn) };
}

/** A scalar, by step. */
export function scalar(...values: number[]): Value {
  return { type: 'scalar', values: Float64Array.from(values) };
}

/** A string. */
export function text(value: string): Value {
  return { type: 'string', value };
}

/** A series of such a line. */
export function readColumn(line: string): Column {
  const [, dropped, name = '', labels = '', values = ''] = LINE.exec(line) ?? [];
  if (values === '') throw new Error(`no series: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, key, value]) => [key, value] as [string, string],
  );
  const cells = values.split(' ');
  const column = newColumn(Labels.of([['__name__', name], ...pairs]), dropped === '~', cells.length);
  cells.forEach((cell, i) => {
    if (cell === '_') return;
    column.values[i] = WORDS[cell] ?? Number(cell);
    column.has[i] = 1;
  });
  return column;
}

/** The lines of an instant vector, or the values of a scalar in one. */
export function show(value: Value): string[] {
  if (value.type === 'scalar') return [[...value.values].map(showNumber).join(' ')];
  if (value.type !== 'vector') throw new Error(`not to be shown: ${value.type}`);
  return value.columns.map(showColumn);
}

/** The line of a series. */
export function showColumn({ labels, dropName, values, has }: Column): string {
  const cells = [...values].map((each, i) => (has[i] ? showNumber(each) : '_'));
  return `${dropName ? '~' : ''}${labels} ${cells.join(' ')}`;
}

function showNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return String(value).replace('Infinity', 'Inf');
}

/** The annotations of an evaluation: `warning 7: ...` when the position starts at the offset 7. */
export class Notes {
  readonly said: string[] = [];
  spent = 0;

  /** A moment for `count` steps of a minute, from the epoch on. */
  moment(count: number, start = 0): EvalContext & Pick<CallContext, 'holdsUntil'> {
    return {
      steps: { start, step: 60_000, count },
      warn: (message, { from }) => this.said.push(`warning ${from}: ${message}`),
      info: (message, { from }) => this.said.push(`info ${from}: ${message}`),
      checkpoint: () => {},
      holdsUntil: () => {},
      spend: samples => {
        this.spent += samples;
      },
    };
  }
}

/** An expression of which only the place matters. */
export function exprAt(from: number): Expr {
  return { type: 'numberLiteral', value: 0, duration: false, position: placeAt(from) };
}

/** A place in an expression's text. */
export function placeAt(from: number): Position {
  return { from, to: from + 1 };
}
