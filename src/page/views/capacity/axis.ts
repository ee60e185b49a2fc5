// A time axis of its own for a chart whose time is given: it may be zoomed into, and what is shown stays in the view.

import { computed, signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Axis } from '../../chart/time-axis.js';

/** From the first of some moments to the last, in seconds since the epoch. */
export function useAxisOf(times: readonly number[]): Axis {
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
  const step = (times[1] ?? from + 1) - from;
  return useMemo(() => {
    const zoomed = signal<{ readonly from: number; readonly to: number } | undefined>(undefined);
    const cursor = signal<number | undefined>(undefined);
    const back = () => {
      zoomed.value = undefined;
    };
    return {
      span: computed(() => ({ from, to, ...zoomed.value, step })),
      cursor,
      zoom: (a, b) => {
        const [begin, end] = [Math.max(from, Math.min(a, b)), Math.min(to, Math.max(a, b))];
        if (end - begin < 2 * step) return;
        cursor.value = undefined;
        zoomed.value = { from: begin, to: end };
      },
      unzoom: back,
      widen: back,
      reset: back,
    };
  }, [from, to, step]);
}
