// What can be wrong with a question, and where in its text.

import type { Position } from './ast.js';

/** Line and column of an offset, both from 1, the column in UTF-16 units: `2:14`. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) as string).length + 1}`;
}

/** The text is no PromQL, or its types do not fit. The message is Prometheus': `1:6: parse error: ...`. */
export class ParseError extends Error {
  readonly position: Position;

  constructor(text: string, position: Position, reason: string) {
    super(`${lineAndColumn(text, position.from)}: parse error: ${reason}`);
    this.name = 'ParseError';
    this.position = position;
  }
}

/** The question is well put and has no answer: `found duplicate series for the match group ...`. */
export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}
