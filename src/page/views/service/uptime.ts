// How long a service was up and down. Pure.

import type { Series } from '../../promql.js';

export interface Uptime {
  /** Of the time that was measured, from 0 to 1; undefined where nothing was. */
  readonly share: number | undefined;
  /** Seconds that were measured; undefined where that is not known. */
  readonly measured: number | undefined;
  /** Share of the time that was planned maintenance, from 0 to 1: neither up nor down. */
  readonly planned: number;
}

/** Seconds between two samples, from the last minutes' samples themselves; undefined where there are too few. */
export function intervalOf(series: readonly { readonly values: Series['values'] }[]): number | undefined {
  const times = (series[0]?.values ?? []).map(([at]) => at);
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
}

/** @param series of uptimeQuery @param interval seconds between two samples */
export function uptimeOf(series: readonly Series[], interval: number | undefined): Uptime {
  const part = (name: string) =>
    Number(series.find(({ metric }) => metric.part === name)?.value[1] ?? Number.NaN);
  const [share, samples] = [part('share'), part('count')];
  return {
    share: Number.isFinite(share) ? share : undefined,
    measured: interval !== undefined && Number.isFinite(samples) ? samples * interval : undefined,
    planned: part('planned') || 0,
  };
}

/** Seconds a service was down; undefined where that is not known. */
export function downtime({ share, measured }: Uptime): number | undefined {
  if (share === undefined) return undefined;
  if (share >= 1) return 0;
  return measured === undefined ? undefined : (1 - share) * measured;
}
