// In: the text of a /metrics page. Out: sums and counts of its samples.

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)/;

function* samples(text) {
  for (const line of text.split('\n')) {
    const match = SAMPLE.exec(line);
    if (match) yield { name: match[1], value: Number(match[2]) };
  }
}

/** The sum of all series of a family. @throws Error when it has none. */
export function sumOf(text, family) {
  let [sum, found] = [0, false];
  for (const { name, value } of samples(text)) {
    if (name === family) [sum, found] = [sum + value, true];
  }
  if (!found) throw new Error(`/metrics has no ${family}`);
  return sum;
}

/** How many series there are whose name starts with `prefix`; those that say NaN, for "not measured", left out. */
export function countSeries(text, prefix = '') {
  let count = 0;
  for (const { name, value } of samples(text)) if (name.startsWith(prefix) && !Number.isNaN(value)) count++;
  return count;
}

/**
 * Probes that fail are cheap: a figure counts only when every target is up. @throws Error when one is not.
 */
export function requireAllUp(text, targets) {
  const up = sumOf(text, 'probe_success');
  if (up !== targets) throw new Error(`probe_success is 1 for ${up} targets of ${targets}`);
}
