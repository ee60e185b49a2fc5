// States of HAProxy's servers and backends as stretches of time, from PromQL answers. Pure.

import { valuesOf } from '../../chart/lines.js';
import { momentsOf, type Span } from '../../chart/range.js';
import type { Stretch } from '../../chart/stretch.js';
import { groupBy } from '../../group-by.js';
import type { Series } from '../../promql.js';
import { count } from '../../words.js';

/** Worst first: of several states within a step the worst is shown. */
const STATES = ['DOWN', 'MAINT', 'DRAIN', 'NOLB', 'UP'];

const TONES: Readonly<Record<string, string>> = {
  UP: 'healthy',
  DOWN: 'unhealthy',
  MAINT: 'planned',
  DRAIN: 'degraded',
  NOLB: 'degraded',
};

/** Tones of a strip, for its legend. */
export const STATE_LEGEND = [
  ['healthy', 'up'],
  ['degraded', 'drain, no new sessions'],
  ['unhealthy', 'down'],
  ['planned', 'maint'],
] as const;

/** The tone of a state as HAProxy calls it, with what follows it: `UP 1/3`, `MAINT (via b/s)`. */
export function toneOfState(state: string): string {
  const name = STATES.find(each => state.startsWith(each));
  if (name !== undefined) return TONES[name] as string;
  return state === 'OPEN' || state === 'no check' ? 'healthy' : 'unknown';
}

/** How a server or a backend was. */
export interface ProxyStates {
  readonly target: string;
  readonly proxy: string;
  /** Empty of a backend. */
  readonly server: string;
  readonly stretches: readonly Stretch[];
}

/** The state of each server at each step: a series a state. @param step seconds */
export function serverStatesQuery(step: number): string {
  return statesQuery('target, proxy, server, state', 'haproxy_server_status', step);
}

/** The same of backends. @param step seconds */
export function backendStatesQuery(step: number): string {
  return statesQuery('target, proxy, state', 'haproxy_backend_status', step);
}

function statesQuery(labels: string, family: string, step: number): string {
  // Where samples are further apart than steps, the state goes on until the next one.
  return `max by (${labels}) (max_over_time(${family}[${step}s]) or ${family}) == 1`;
}

/** The most sessions of each server within a step. @param step seconds */
export function serverSessionsQuery(step: number): string {
  return `max by (target, proxy, server) (max_over_time(haproxy_server_current_sessions[${step}s]))`;
}

const keyOf = ({ target = '', proxy = '', server = '' }: Series['metric']) =>
  JSON.stringify([proxy, server, target]);

/** @param sessions of {@link serverSessionsQuery} over the same span; empty where they are not known */
export function proxyStates(
  span: Span,
  states: readonly Series[],
  sessions: readonly Series[] = [],
): ProxyStates[] {
  const found = groupBy(states, ({ metric }) => keyOf(metric));
  const byKey = new Map(sessions.map(each => [keyOf(each.metric), valuesOf(span, each)]));
  return [...found]
    .map(([key, series]) => {
      const { target = '', proxy = '', server = '' } = series[0]?.metric ?? {};
      return { target, proxy, server, stretches: stretchesOf(span, series, byKey.get(key)) };
    })
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
}

function nameOf({ target, proxy, server }: ProxyStates): string {
  return `${proxy} ${server} ${target}`;
}

/** Steps of the same state in a row are one stretch; steps in which nothing is known are none. */
function stretchesOf(
  span: Span,
  series: readonly Series[],
  sessions: readonly (number | null)[] = [],
): Stretch[] {
  const lines = series
    .map(each => ({ state: each.metric.state ?? '', values: valuesOf(span, each) }))
    .sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const runs: { from: number; to: number; state: string; most: number | undefined }[] = [];
  for (const [i, at] of momentsOf(span).entries()) {
    const state = lines.find(({ values }) => values[i] === 1)?.state;
    if (state === undefined) continue;
    const now = sessions[i] ?? undefined;
    const last = runs.at(-1);
    if (last?.state === state && last.to === at - span.step) {
      last.to = at;
      last.most = now === undefined ? last.most : Math.max(last.most ?? 0, now);
    } else runs.push({ from: at - span.step, to: at, state, most: now });
  }
  return runs.map(({ from, to, state, most }) => ({
    ...{ from, to, tone: toneOfState(state) },
    text: most === undefined ? state : `${state}, at most ${count(most, 'session')}`,
  }));
}
