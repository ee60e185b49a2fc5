// A service's states as stretches of time. Pure.

import { valuesOf } from '../../chart/lines.js';
import { momentsOf, type Span } from '../../chart/range.js';
import type { Stretch } from '../../chart/stretch.js';
import type { Series } from '../../promql.js';
import type { Status } from '../../state.js';
import { statusRank } from '../../status.js';
import { percent, sentence } from '../../words.js';

/** A step with an outage no longer than this share of it is degraded, not unhealthy: as the overview's bars have it. */
const BRIEF = 0.05;

/** A step with more maintenance than this share of it is maintenance. */
const MOSTLY = 0.5;

/**
 * Steps of the same state in a row are one stretch; steps in which nothing was checked are none.
 * @param isByState whether the answer has a series a state, else the share the service was up
 * @param planned the share of each step that was planned maintenance
 */
export function statesOf(
  span: Span,
  series: readonly Series[],
  isByState: boolean,
  planned?: Series,
): Stretch[] {
  const shares = valuesOf(span, planned);
  const found = isByState ? worst(span, series) : byShare(span, series[0]);
  const states = found.map((state, i) => maintained(state, shares[i] ?? 0));
  const stretches: Stretch[] = [];
  for (const [i, at] of momentsOf(span).entries()) {
    const state = states[i];
    if (state === undefined) continue;
    const last = stretches.at(-1);
    const from = at - span.step;
    if (last?.text === state.text && last.to === from) stretches[stretches.length - 1] = { ...last, to: at };
    else stretches.push({ from, to: at, ...state });
  }
  return stretches;
}

type State = Pick<Stretch, 'tone' | 'text'> | undefined;

/** A state with what maintenance there was. */
function maintained(state: State, share: number): State {
  if (share <= 0) return state;
  if (share > MOSTLY || state === undefined)
    return {
      tone: 'planned',
      text: state === undefined ? 'Maintenance' : `Maintenance; ${state.text.toLowerCase()}`,
    };
  return { ...state, text: `${state.text}, ${percent(share)} maintenance` };
}

function worst(span: Span, series: readonly Series[]): State[] {
  const lines = series
    .map(each => ({ status: each.metric.status ?? 'unknown', values: valuesOf(span, each) }))
    .sort((a, b) => statusRank(a.status as Status) - statusRank(b.status as Status));
  return momentsOf(span).map((_, i) => {
    const found = lines.filter(({ values }) => values[i] === 1).map(({ status }) => status);
    // A time that began before the first check is what the checks then found.
    const status = found.find(each => each !== 'unknown') ?? found[0];
    return status === undefined ? undefined : { tone: status, text: sentence(status) };
  });
}

function byShare(span: Span, series: Series | undefined): State[] {
  return valuesOf(span, series).map(share => {
    if (share === null) return undefined;
    const tone = share >= 1 ? 'healthy' : share >= 1 - BRIEF ? 'degraded' : 'unhealthy';
    return { tone, text: share >= 1 ? 'Healthy' : `${percent(share)} up` };
  });
}
