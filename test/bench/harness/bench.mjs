// In: the command line's options. Out: what a row needs to run: a folder, children, and a way to try each contestant so
// that a missing one costs a cell, not the table.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children, Missing } from './children.mjs';

/** The name of this project's program in the table. */
export const OURS = 'langgraph-monitor';

/**
 * The result of a contestant: a `value`, or the reason why there is none (`missing`). A line of the table takes a number,
 * or an array of what rounds measured, which it shows as their median and their spread.
 * @typedef {{who: string, value?: any, missing?: string}} Outcome
 */

/** One run of the bench. The caller must {@link Bench.close} it. */
export class Bench {
  /** True when something did not run that should have. */
  incomplete = false;
  #named = new Set();

  /** @param {{quick?: boolean, long?: boolean, folder?: string}} options `folder`: that of a whole run, whose it stays */
  constructor({ quick = false, long = false, folder }) {
    this.quick = quick;
    this.long = long;
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'langgraph-monitor-bench-'));
    // A row's run is cut off by its children: an `exit` handler ends those, this one tidies up.
    if (folder === undefined) process.on('exit', () => this.close());
  }

  /** `full`, or `short` under --quick; for seconds, rounds and counts. */
  either(full, short) {
    return this.quick ? short : full;
  }

  /**
   * Measures one contestant with children of its own, which are stopped afterwards. @returns
   * {Promise<Outcome>}
   */
  async measure(who, work) {
    const children = new Children();
    try {
      return await this.attempt(who, () => work(children));
    } finally {
      await children.stop();
    }
  }

  /** Runs `work` and turns an error into an outcome, named once on stderr. @returns {Promise<Outcome>} */
  async attempt(who, work) {
    this.say(`  ${who}`);
    try {
      return { who, value: await work() };
    } catch (error) {
      return { who, missing: this.failed(who, error) };
    }
  }

  /** Names a contestant's error once on stderr. @returns {string} the word for the table */
  failed(who, error) {
    const absent = error instanceof Missing;
    if (!absent || who === OURS) this.incomplete = true;
    const line = `${who}: ${error.message}`;
    if (!this.#named.has(line)) this.say(`    ${line}`);
    this.#named.add(line);
    return absent ? error.word : 'failed';
  }

  /** Progress, on stderr: stdout carries the table alone. */
  say(line) {
    process.stderr.write(`${line}\n`);
  }

  close() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The same outcome with another value made of its own, which is no contestant any more. @returns {Outcome} */
export function map({ measure: _, ...outcome }, change) {
  return 'value' in outcome ? { ...outcome, value: change(outcome.value) } : outcome;
}
