// The score of the Numenta Anomaly Benchmark. In: moments at which a detector spoke, the labelled windows, the times of a
// series' records; out: 0 for a detector that never says anything, 100 for a perfect one. Source: Lavin and Ahmad,
// "Evaluating Real-time Anomaly Detection Algorithms", and the benchmark's sweeper.

/** What a hit, a false alarm and a window that was missed weigh. */
export const PROFILES = {
  standard: { hit: 1, falseAlarm: 0.11, missed: 1 },
  'few false alarms': { hit: 1, falseAlarm: 0.22, missed: 1 },
  'few missed': { hit: 1, falseAlarm: 0.11, missed: 2 },
};

/** The part of a series, and the records at most, in which a detector learns and nothing counts. */
const LEARNING = 0.15;
const LEARNING_MOST = 750;

/**
 * All times in one unit. A moment between two records counts as that of the earlier one.
 * @param {{detections: number[], windows: [number, number][], times: number[]}[]} series windows with both ends included
 * @param {keyof typeof PROFILES} profile
 */
export function nabScore(series, profile = 'standard') {
  const weights = PROFILES[profile];
  const windows = series.reduce((sum, each) => sum + each.windows.length, 0);
  const total = series.reduce((sum, each) => sum + seriesScore(each, weights), 0);
  const silent = -weights.missed * windows;
  return (100 * (total - silent)) / (weights.hit * windows - silent);
}

function seriesScore({ detections, windows, times }, { hit, falseAlarm, missed }) {
  const first = Math.floor(Math.min(LEARNING * times.length, LEARNING_MOST));
  const places = windows.map(([from, to]) => [lowerBound(times, from), upperBound(times, to) - 1]);
  const counted = detections
    .toSorted((a, b) => a - b)
    .filter(at => at >= (times[first] ?? Number.POSITIVE_INFINITY));
  const found = new Set();
  let score = 0;
  for (const at of counted) {
    const place = upperBound(times, at) - 1;
    const inside = places.findIndex(([from, to]) => from <= place && place <= to);
    if (inside < 0) score += falseAlarm * distance(place, places);
    else if (!found.has(inside)) score += hit * earliness(place, places[inside]);
    if (inside >= 0) found.add(inside);
  }
  return score - missed * (windows.length - found.size);
}

/** 1 at a window's first record, next to nothing at its last. */
function earliness(place, [from, to]) {
  return sigmoid(-(to - place + 1) / (to - from + 1)) / sigmoid(-1);
}

/** -1 far behind the window before or without one, nearly 0 right behind it. */
function distance(place, places) {
  const before = places.filter(([, to]) => to < place).at(-1);
  if (!before) return -1;
  const length = before[1] - before[0];
  return length > 0 ? sigmoid((place - before[1]) / length) : -1;
}

function sigmoid(x) {
  return x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1;
}

/** The first index whose time is not before a moment. */
function lowerBound(times, at) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose time is after a moment. */
function upperBound(times, at) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
