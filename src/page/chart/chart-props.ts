// What a chart is given.

import type { Polled } from '../polled.js';
import type { Line } from './lines.js';
import type { Axis } from './time-axis.js';

export interface ChartProps {
  readonly title: string;
  /** What it is about, where the title is not enough. */
  readonly note?: string;
  readonly axis: Axis;
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  /** From the bottom up where they are stacked. */
  readonly lines: readonly Line[];
  readonly print: (value: number) => string;
  readonly isStacked?: boolean;
  /** The value at the top; by the values unless said. */
  readonly top?: number;
  readonly isBinary?: boolean;
  /** What stands in its place where nothing was measured. */
  readonly empty: string;
  /** The question the lines are the answer of. */
  readonly polled: Pick<Polled<unknown>, 'answer' | 'problem'>;
  /** Less high than others. */
  readonly isLow?: boolean;
  /** Moments are days: their time of day says nothing. */
  readonly isDaily?: boolean;
  /** Which moment's values stand there while none is pointed at; the newest unless said. */
  readonly rest?: number;
}
