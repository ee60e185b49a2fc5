// Bounds the time of a single call of a function: a regular expression over a long text cannot look at the clock itself.

import { createContext, Script } from 'node:vm';
import type { Value } from '../go/value.js';

/** Arguments larger than this together, in characters and items, may take a function noticeable time. */
const HEAVY = 16_384;
/** Functions whose time depends on the pattern, too. */
const WITH_PATTERN = new Set(['reReplaceAll', 'match']);
/** A pattern longer than this, or one that counts, may become a large program. */
const LONG_PATTERN = 200;

/** The time is over. */
export class TimeUp extends Error {}

/**
 * Whether a call may take so long that it is worth a watch of its own, which costs a fraction of a millisecond.
 * @param size of all arguments
 */
export function isHeavy(name: string, [pattern]: readonly Value[], size: number): boolean {
  if (size > HEAVY || !WITH_PATTERN.has(name) || typeof pattern !== 'string') return size > HEAVY;
  return pattern.length > LONG_PATTERN || pattern.includes('{');
}

const shared: { body: () => unknown } = { body: () => undefined };
const context = createContext(shared);
const script = new Script('body()');

/** Runs something that does not wait. @param time milliseconds @throws TimeUp, and what it throws */
export function withinTime<T>(body: () => T, time: number): T {
  if (time < 1) throw new TimeUp();
  shared.body = body;
  try {
    return script.runInContext(context, { timeout: Math.ceil(time) }) as T;
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new TimeUp() : error;
  } finally {
    shared.body = () => undefined;
  }
}
