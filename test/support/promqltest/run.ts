// Runs a file in Prometheus' test language. In: its text; out: for each block whether it passes, and the mismatch
// otherwise.

import { MemorySource } from '../../../src/promql/memory.js';
import { check } from './check.js';
import { Mismatch } from './compare.js';
import { type Command, type Load, parseScript } from './script.js';

/** The result of a block. */
export interface Outcome {
  /** Of the block's first line, from 1. */
  readonly line: number;
  readonly expr: string;
  /** Undefined when the block holds. */
  readonly problem: string | undefined;
}

/** Runs all commands of a file, also after a block that fails. */
export function runScript(text: string): Outcome[] {
  let source = new MemorySource();
  return parseScript(text).flatMap(command => {
    if (command.kind === 'clear') source = new MemorySource();
    return outcomesOf(command, source);
  });
}

function outcomesOf(command: Command, source: MemorySource): Outcome[] {
  switch (command.kind) {
    case 'clear':
      return [];
    case 'broken':
      return [{ line: command.line, expr: command.text, problem: command.problem }];
    case 'load':
      return load(command, source);
    case 'eval':
      return [{ line: command.line, expr: command.expr, problem: problemOf(() => check(command, source)) }];
  }
}

/** Of a series that is in a load twice the last line counts. A load is reported only when it fails: it is no block. */
function load({ line, step, series }: Load, source: MemorySource): Outcome[] {
  const last = new Map(series.map(each => [each.labels.key, each]));
  try {
    for (const { labels, points } of last.values()) source.load(labels, points, step);
    return [];
  } catch (error) {
    return [{ line, expr: 'load', problem: (error as Error).message }];
  }
}

/** One line of what is thrown; a fault of the language shows where it is from. */
function problemOf(body: () => void): string | undefined {
  try {
    body();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof Mismatch) return error.message;
    const [message, place] = (error.stack ?? error.message).split('\n');
    return `fault: ${message} ${place?.trim() ?? ''}`;
  }
}
