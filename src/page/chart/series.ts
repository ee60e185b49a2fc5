// The history a chart shows: a PromQL question over the axis' time, asked again as time goes on. Questions of all
// charts are asked one after the other: a small node answers them.

import { useEffect, useRef } from 'preact/hooks';
import { range, type Series } from '../api.js';
import { type Polled, usePolled } from '../polled.js';
import type { Span } from './range.js';
import type { TimeAxis } from './time-axis.js';

/** An answer, and the moments it was asked for. */
export interface History {
  readonly span: Span;
  readonly series: readonly Series[];
}

/** Milliseconds between two questions about a time that goes on, at least; and about one that is over. */
const SOONEST = 15_000;
const OVER = 600_000;

let turn: Promise<unknown> = Promise.resolve();

/** Asks when the questions before are answered. */
export function inTurn<T>(load: () => Promise<T>): Promise<T> {
  const running = turn.then(load);
  turn = running.catch(() => undefined);
  return running;
}

/**
 * @param query PromQL for a step in seconds; empty to ask nothing
 * @param coarsest seconds; shorter steps are made so long: bars that count, for instance, hold some checks each
 */
export function useHistory(axis: TimeAxis, query: (step: number) => string, coarsest = 0): Polled<History> {
  const step = Math.max(coarsest, axis.span.value.step);
  const text = query(step);
  const key = `${axis.key.value} ${text}`;
  const every = axis.range.value.zoom ? OVER : Math.min(OVER, Math.max(SOONEST, axis.span.value.step * 1000));
  const wanted = useRef(key);
  wanted.current = key;
  useEffect(
    () => () => {
      wanted.current = '';
    },
    [],
  );
  const load = async (): Promise<History> => {
    // What is not wanted any more when its turn comes is not asked.
    if (wanted.current !== key) throw new Error('not wanted any more');
    const span = stepped(axis.span.peek(), step);
    const points = Math.round((span.to - span.from) / span.step) + 1;
    return { span, series: text === '' ? [] : await range(text, span.to, span.step, points) };
  };
  const polled = usePolled(key, () => inTurn(load), every);
  useEffect(() => axis.note(text, polled.problem), [axis, text, polled.problem]);
  useEffect(() => () => axis.note(text, ''), [axis, text]);
  return polled;
}

/** The same stretch in longer steps, with its end as it is. */
function stepped({ from, to }: Span, step: number): Span {
  return { from: to - Math.ceil((to - from) / step) * step, to, step };
}
