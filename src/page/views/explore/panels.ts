// The panels of the explorer as they stand in the address, in the words of Prometheus' own expression browser, so that a
// link to `/graph` of a Prometheus leads to the same here.

/** How a panel shows its answer. */
export type Tab = 'graph' | 'table';

export interface Panel {
  readonly expression: string;
  readonly tab: Tab;
  /** Seconds a graph reaches back. */
  readonly range: number;
  /** Seconds since the epoch at which a graph ends or a table is of; undefined for now. */
  readonly end: number | undefined;
  /** Seconds between two points of a graph; undefined for what fits the range. */
  readonly step: number | undefined;
  readonly isStacked: boolean;
}

export const NEW_PANEL: Panel = {
  expression: '',
  tab: 'table',
  range: 3600,
  end: undefined,
  step: undefined,
  isStacked: false,
};

/** Panels of an address at most. */
const MOST = 16;
/** Points of a graph, when its step is not chosen. */
const POINTS = 250;

/** Reads a query string: at least one panel. What is not understood counts as not given. */
export function parsePanels(query: string): readonly Panel[] {
  const given = new URLSearchParams(query);
  const panels: Panel[] = [];
  for (let n = 0; n < MOST && given.has(`g${n}.expr`); n++) {
    const of = (name: string) => given.get(`g${n}.${name}`) ?? '';
    panels.push({
      expression: of('expr'),
      tab: of('tab') === '0' || of('tab') === 'graph' ? 'graph' : 'table',
      range: parseDuration(of('range_input')) ?? NEW_PANEL.range,
      end: parseMoment(of('end_input') || of('moment_input')),
      step: parseDuration(of('step_input').replace(/^(\d+)$/, '$1s')),
      isStacked: of('stacked') === '1' || of('display_mode') === 'stacked',
    });
  }
  return panels.length > 0 ? panels : [NEW_PANEL];
}

/** The query string: empty for a single new panel, else with `?`. */
export function printPanels(panels: readonly Panel[]): string {
  const query = new URLSearchParams();
  for (const [n, panel] of panels.entries()) {
    const { expression, tab, range, end, step, isStacked } = panel;
    const put = (name: string, value: string) => query.set(`g${n}.${name}`, value);
    if (panels.length === 1 && expression === '') break;
    put('expr', expression);
    put('tab', tab === 'graph' ? '0' : '1');
    if (range !== NEW_PANEL.range) put('range_input', printDuration(range));
    if (end !== undefined) put(tab === 'graph' ? 'end_input' : 'moment_input', printMoment(end));
    if (step !== undefined) put('step_input', printDuration(step));
    if (isStacked) put('stacked', '1');
  }
  const printed = query.toString();
  return printed === '' ? '' : `?${printed}`;
}

/** Seconds between two points of a panel's graph. */
export function stepOf({ range, step }: Panel): number {
  return step ?? Math.max(1, Math.ceil(range / POINTS));
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['y', 365 * 86_400],
  ['w', 7 * 86_400],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds of a duration in PromQL's words (`1d12h`); undefined for what is none, or is zero. */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text.trim());
  if (!found) return undefined;
  const seconds = UNITS.reduce((sum, [, each], i) => sum + Number(found[i + 1] ?? 0) * each, 0);
  return seconds > 0 && Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** Whole seconds as a duration in PromQL's words. */
export function printDuration(seconds: number): string {
  let rest = Math.round(seconds);
  let text = '';
  // Weeks and years only where nothing is left over: 10d reads better than 1w3d.
  for (const [name, each] of UNITS) {
    if (each > 86_400 && rest % each !== 0) continue;
    const number = Math.floor(rest / each);
    if (number > 0) text += `${number}${name}`;
    rest -= number * each;
  }
  return text || '0s';
}

/** `2024-01-15 10:30:00` in UTC, as Prometheus writes it, or seconds since the epoch; undefined for what is none. */
export function parseMoment(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  const found = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?$/.exec(trimmed);
  if (!found) return undefined;
  const at = Date.parse(`${found[1]}T${found[2]}${found[3] ?? ':00'}Z`);
  return Number.isNaN(at) ? undefined : at / 1000;
}

/** Seconds since the epoch as `2024-01-15 10:30:00` in UTC. */
export function printMoment(at: number): string {
  return new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
