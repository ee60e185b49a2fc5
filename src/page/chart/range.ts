// The time a view's charts show, as its address has it: `range=6h` up to now, or a stretch that was zoomed into,
// `from=1700000000&to=1700003600` in seconds since the epoch. Pure.

/** Seconds a range is long, by its name in the address. */
export const RANGES = { '1h': 3600, '6h': 21_600, '24h': 86_400, '7d': 604_800, '30d': 2_592_000 } as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as readonly RangeName[];

/** What the address says. */
export interface Range {
  readonly name: RangeName;
  /** What was zoomed into, in seconds since the epoch; undefined when the range ends now. */
  readonly zoom?: { readonly from: number; readonly to: number } | undefined;
}

/** A stretch of time in seconds since the epoch, and the seconds between two of its points. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const SHORTEST = 60;
/** Seconds after which a range up to now ends later. */
const NEWEST = 5;
/** Dates a browser can print, in seconds. */
const LATEST = 8.64e12;
/** Points in a chart: about as many as a phone has pixels for. */
const POINTS = 300;
const STEPS = [5, 10, 15, 30, 60, 90, 120, 180, 300, 600, 900, 1200, 1800, 2400, 3600, 5400, 7200, 9000];

/** Reads a query string. What is not understood counts as not given. */
export function parseRange(query: string): Range {
  const given = new URLSearchParams(query);
  const name = RANGE_NAMES.find(each => each === given.get('range')) ?? '1h';
  const [from, to] = [seconds(given.get('from')), seconds(given.get('to'))];
  const isZoom = from !== undefined && to !== undefined && to - from >= SHORTEST;
  return isZoom ? { name, zoom: { from, to } } : { name };
}

function seconds(text: string | null): number | undefined {
  if (text === null || !/^\d{1,13}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= LATEST ? number : undefined;
}

/** The query string with another range; everything else in it stays. */
export function withRange(query: string, { name, zoom }: Range): string {
  const changed = new URLSearchParams(query);
  for (const key of ['range', 'from', 'to']) changed.delete(key);
  if (name !== RANGE_NAMES[0]) changed.set('range', name);
  if (zoom) {
    changed.set('from', `${zoom.from}`);
    changed.set('to', `${zoom.to}`);
  }
  const printed = changed.toString();
  return printed === '' ? '' : `?${printed}`;
}

/** The stretch a range stands for. @param now seconds since the epoch */
export function spanOf({ name, zoom }: Range, now: number): Span {
  const length = zoom ? zoom.to - zoom.from : RANGES[name];
  const step = STEPS.find(each => each * POINTS >= length) ?? Math.ceil(length / POINTS);
  // A range up to now ends with what is newest, however long its steps are.
  const grain = Math.min(step, NEWEST);
  const to = zoom ? Math.ceil(zoom.to / step) * step : Math.floor(now / grain) * grain;
  return { from: to - Math.ceil(length / step) * step, to, step };
}

/** A stretch of whole seconds around two moments, in either order; one too short is made longer around its middle. */
export function zoomOf(a: number, b: number): { readonly from: number; readonly to: number } {
  const [from, to] = [Math.min(a, b), Math.max(a, b)];
  const missing = Math.max(0, SHORTEST - (to - from)) / 2;
  return { from: Math.max(0, Math.floor(from - missing)), to: Math.ceil(to + missing) };
}

/** The moments of a span, oldest first. */
export function momentsOf({ from, to, step }: Span): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}
