// Pieces of work, one in each turn of the event loop. Comes in: functions; goes out: their calls, in the order in which they came.
// Between two of them what has arrived meanwhile is read and its time is taken, however many pieces wait.

const waiting: (() => void)[] = [];

/** Calls `work` in a turn of its own. What it throws is thrown there; the next is called all the same. */
export function onePerTurn(work: () => void): void {
  if (waiting.push(work) === 1) setImmediate(callNext);
}

function callNext(): void {
  const work = waiting[0] as () => void;
  // First, so that work which throws ends nothing else. In an immediate, it is for the next turn.
  if (waiting.length > 1) setImmediate(callNext);
  waiting.shift();
  work();
}
