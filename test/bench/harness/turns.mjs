// In: contestants. Out: what each measured, round by round: all of them once in each round, so that a slow moment of the
// machine meets product and peers alike.

/**
 * Measures contestants in turns. A contestant that fails keeps its place in the table, as failed.
 * @param {import('./bench.mjs').Bench} bench
 * @param {number} rounds that count: five or more, unless the bench is quick; fewer say nothing of the spread
 * @param {{who: string, value?: any, missing?: string, measure?: (value: any) => Promise<any>}[]} contestants an outcome
 *   (mostly of a server that was started), with how to measure its value once
 * @param {{warmUps?: number, together?: boolean}} options rounds before those that count; whether all are measured at the
 *   same time, for what a process does by itself and at its own pace
 * @returns {Promise<import('./bench.mjs').Outcome[]>} in the order of the contestants; each value is the array of what its
 *   rounds measured
 */
export async function inTurns(bench, rounds, contestants, { warmUps = 0, together = false } = {}) {
  const results = contestants.map(({ who, missing }) =>
    missing === undefined ? { who, value: [] } : { who, missing },
  );
  const measureOnce = async (i, counts) => {
    const { who, value, measure } = contestants[i];
    if (!('value' in results[i])) return;
    try {
      const measured = await measure(value);
      if (counts) results[i].value.push(measured);
    } catch (error) {
      results[i] = { who, missing: bench.failed(who, error) };
    }
  };
  for (let round = -warmUps; round < rounds; round++) {
    const turns = contestants.keys();
    if (together) await Promise.all([...turns].map(i => measureOnce(i, round >= 0)));
    else for (const i of turns) await measureOnce(i, round >= 0);
  }
  return results;
}

/** Each round's value changed: `each(outcome, ({ cpu, probes }) => cpu / probes)`. */
export function each(outcome, change) {
  return 'value' in outcome ? { ...outcome, value: outcome.value.map(change) } : outcome;
}

/** Starts what is to be measured in turns; what it starts lives as long as the children it is given. */
export async function started(bench, who, start, measure) {
  return { ...(await bench.attempt(who, start)), measure };
}
