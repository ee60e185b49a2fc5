// In: a row. Out: its lines; those of one that fails or takes too long name it as failed.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OURS } from './bench.mjs';
import { markdown } from './table.mjs';

const PROGRAM = fileURLToPath(new URL('row-process.mjs', import.meta.url));
const MINUTE = 60_000;
/** A row on a slow machine may take so many times the minutes it says, and some more. */
const PATIENCE = 2;
const EXTRA = 4;
/** Milliseconds for a process to end its children. */
const GRACE = 5000;

/**
 * Measures a row in a process of its own.
 * @param {{name: string, about: string, minutes: number}} row
 * @param {{quick: boolean, long: boolean, folder: string}} options of the bench
 * @param {{program?: string, patience?: number}} [other] what runs it, and for how many milliseconds at most
 * @returns {Promise<{lines: object[], incomplete: boolean, problem?: string}>}
 */
export async function runRow(row, options, other = {}) {
  const { program = PROGRAM, patience = (row.minutes * PATIENCE + EXTRA) * MINUTE } = other;
  // stdout is the table's alone.
  const child = fork(program, [row.name, JSON.stringify(options)], {
    stdio: ['ignore', 2, 2, 'ipc'],
    // JSON has no NaN.
    serialization: 'advanced',
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  let result = { problem: 'its process ended without a result' };
  child.once('message', message => {
    result = message;
  });
  const timers = [];
  if (!options.long) {
    const stop = (signal, after) => timers.push(setTimeout(() => child.kill(signal), after));
    stop('SIGTERM', patience);
    stop('SIGKILL', patience + GRACE);
    timers.push(
      setTimeout(() => {
        result = { problem: `it takes more than ${(patience / MINUTE).toFixed(1)} min` };
      }, patience),
    );
  }
  await ended;
  for (const timer of timers) clearTimeout(timer);
  const problem = result.problem ?? unprintable(result.lines);
  return problem === undefined ? result : { ...missing(row, 'failed'), problem };
}

/** What is wrong with lines that cannot stand in a table, such as one without a round that counts. */
function unprintable(lines) {
  try {
    markdown(lines);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** The line of a row that has no figures. */
export function missing({ name, about }, word) {
  const ours = { who: OURS, missing: word };
  return { lines: [{ what: `${name}: ${about}`, of: '-', unit: '', ours, peers: [] }], incomplete: true };
}
