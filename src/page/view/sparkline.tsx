// Response times of the last hour: the median as a line, up to the 95th percentile as a band.

const WIDTH = 300;
const HEIGHT = 36;

interface Point {
  readonly x: number;
  readonly median: number;
  readonly p95: number;
}

/** @param median seconds, oldest first; NaN where nothing was measured. @param p95 the same moments */
export function Sparkline({ median, p95 }: { median: readonly number[]; p95: readonly number[] }) {
  const top = Math.max(...p95.filter(Number.isFinite), ...median.filter(Number.isFinite), 0);
  const runs = runsOf(median, p95, top);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {runs.map(run => (
        <g key={run[0]?.x}>
          <path class="band" d={band(run)} />
          <path class="median" d={path(run.map(({ x, median }) => [x, median]))} />
        </g>
      ))}
    </svg>
  );
}

/** Stretches without a gap, in the drawing's units. */
function runsOf(median: readonly number[], p95: readonly number[], top: number): Point[][] {
  const runs: Point[][] = [[]];
  const step = WIDTH / Math.max(1, median.length - 1);
  const y = (value: number) => HEIGHT - 2 - (value / (top || 1)) * (HEIGHT - 4);
  for (const [i, value] of median.entries()) {
    const high = p95[i];
    const upper = high !== undefined && Number.isFinite(high) ? high : value;
    if (Number.isFinite(value)) runs.at(-1)?.push({ x: i * step, median: y(value), p95: y(upper) });
    else runs.push([]);
  }
  return runs.filter(run => run.length > 0);
}

function band(run: readonly Point[]): string {
  const upper = run.map(({ x, p95 }) => [x, p95] as const);
  const lower = run.map(({ x }) => [x, HEIGHT] as const).reverse();
  return `${path([...upper, ...lower])}Z`;
}

function path(points: readonly (readonly [number, number])[]): string {
  const [first] = points;
  // A single point would be no line at all.
  const drawn = points.length === 1 && first ? [first, [first[0] + 2, first[1]] as const] : points;
  return drawn.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}
