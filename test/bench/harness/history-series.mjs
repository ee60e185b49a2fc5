// In: an end and a number of days. Out: 150 series of a small cluster, a sample every 30 s, the same on every run.

/** Distance of samples, in milliseconds. */
export const SCRAPE = 30_000;
/** How many series there are: of each target four counters and two gauges. */
export const SERIES = 150;
/**
 * Samples stand this far behind whole half minutes, in milliseconds: queries at whole minutes then never fall on
 * one, and it does not matter on which side a range is open.
 */
const OFFSET = 7123;

const DAY = 86_400_000;
const PER_DAY = DAY / SCRAPE;
const TARGETS = 25;
const CODES = [
  ['200', 300],
  ['404', 40],
  ['429', 4],
  ['500', 0.4],
];

/**
 * @typedef {{name: string, type: 'counter' | 'gauge', labels: Record<string, string>, texts: string[]}} History one
 * series: its values in order, as a client library prints them
 */

/** The moments of the samples in (end - days, end], in milliseconds. */
export function sampleTimes(end, days) {
  const count = days * PER_DAY;
  return Array.from({ length: count }, (_, i) => end - (count - i) * SCRAPE + OFFSET);
}

/** One series after the other, families together. @returns {Generator<History>} */
export function* histories(days) {
  const count = days * PER_DAY;
  for (let t = 0; t < TARGETS; t++) {
    for (const [c, [code, perScrape]] of CODES.entries()) {
      const random = randomFrom(100 + t * CODES.length + c);
      const labels = { target: target(t), code };
      yield {
        name: 'bench_requests_total',
        type: 'counter',
        labels,
        texts: counter(count, random, perScrape, t),
      };
    }
  }
  yield* gauges('bench_latency_seconds', count, latency);
  yield* gauges('bench_memory_bytes', count, memory);
}

/** As many gauges, of which three digits are printed and the last two are noise of a tenth of the value. */
export function* noisyHistories(days) {
  for (let t = 0; t < SERIES; t++) {
    const random = randomFrom(5000 + t);
    const level = 300 + 4 * t;
    const texts = Array.from({ length: days * PER_DAY }, (_, i) =>
      String(Math.round(level * (1 + 0.1 * normal(random)) * (1 + 0.1 * (wave(i, t) - 1))) / 1000),
    );
    yield { name: 'bench_noisy_ratio', type: 'gauge', labels: { target: target(t) }, texts };
  }
}

function* gauges(name, count, make) {
  for (let t = 0; t < TARGETS; t++) {
    const random = randomFrom(name.length * 1000 + t);
    yield { name, type: 'gauge', labels: { target: target(t) }, texts: make(count, random, t) };
  }
}

function target(t) {
  return `target${String(t).padStart(2, '0')}`;
}

/** Busier by day than by night, and a restart now and then, about once a week. */
function counter(count, random, perScrape, t) {
  let total = 0;
  return Array.from({ length: count }, (_, i) => {
    if (random() < 1 / (7 * PER_DAY)) total = 0;
    total += arrivals(perScrape * wave(i, t), random);
    return String(total);
  });
}

/** How many came when `mean` were to be expected. */
function arrivals(mean, random) {
  if (mean > 20) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let [product, arrived] = [random(), 0];
  const limit = Math.exp(-mean);
  while (product > limit) {
    product *= random();
    arrived++;
  }
  return arrived;
}

/** A tenth of a millisecond is as exact as a probe is; one in a hundred is slow. */
function latency(count, random, t) {
  return Array.from({ length: count }, (_, i) => {
    const typical = 0.02 * (1 + t / 8) * wave(i, t) * Math.exp(0.2 * normal(random));
    return String(Number((random() < 0.01 ? typical * 8 : typical).toFixed(4)));
  });
}

/** Pages come and go in some of the scrapes. */
function memory(count, random, t) {
  let pages = 20_000 + 3000 * t;
  return Array.from({ length: count }, () => {
    if (random() < 0.3) pages = Math.max(1000, pages + Math.round(40 * normal(random)));
    return String(pages * 4096);
  });
}

function wave(i, t) {
  return 1 + 0.4 * Math.sin((2 * Math.PI * i) / PER_DAY + t);
}

/** Nearly normal, mean 0, deviation 1: the sum of twelve uniform numbers. */
function normal(random) {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** Uniform numbers in [0, 1), the same for the same seed: a 32-bit linear congruence, its low bits mixed in. */
function randomFrom(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    let mixed = state ^ (state >>> 15);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    return (mixed >>> 0) / 2 ** 32;
  };
}
